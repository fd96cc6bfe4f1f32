import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';

/** What the engine's placement would decide now; described in the engine's README. */

const PLACE = '/ovirt-engine/services/placement';

export interface Move {
  vm: string;
  name: string;
  to?: string;
  to_name?: string;
  reason?: string;
}

export interface Explanation {
  here?: string;
  best?: string;
  hosts: { id: string; name: string; fits: boolean; cost?: number; filter?: string; reason?: string }[];
}

export const usePlan = (host: string) =>
  useQuery({
    queryKey: ['placement', 'hosts', host],
    queryFn: async ({ signal }) => (await ask<{ moves: Move[] }>(`${PLACE}/hosts/${host}`, { signal })).moves,
    staleTime: 0,
    gcTime: 0,
  });

export const useExplanation = (vm: string) =>
  useQuery({
    queryKey: ['placement', 'vms', vm],
    queryFn: ({ signal }) => ask<Explanation>(`${PLACE}/vms/${vm}`, { signal }),
    staleTime: 0,
    gcTime: 0,
  });
