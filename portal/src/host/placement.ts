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

/** What speaks for a host or against it. */
export interface Judged {
  id: string;
  name: string;
  fits: boolean;
  cost?: number;
  weights?: { name: string; value: number; factor: number }[];
  filter?: string;
  reason?: string;
  remedy?: string;
}

export interface Explanation {
  here?: string;
  best?: string;
  /** The name of the policy that weighs. */
  policy?: string;
  hosts: Judged[];
  /** When no host fits: what would let one, the smallest change first. */
  changes?: string[];
  /** The last decisions about it. */
  kept?: { at: number; occasion: string; chosen?: string; hosts: Judged[] }[];
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
