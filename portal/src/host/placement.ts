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

/** What becomes of a machine when something fails. */
export interface Fate {
  vm: string;
  name: string;
  host: string;
  host_name?: string;
  priority: number;
  outcome: 'restarts' | 'stranded' | 'stays_down' | 'pauses' | 'ends';
  to?: string;
  to_name?: string;
  /** What proves before that it runs on its old host no more. */
  after?: 'lease' | 'power' | 'person';
  reason: string;
  changes?: string[];
}

/** Whether a cluster could lose any one of its hosts, and what would find no place. */
export interface Spare {
  id: string;
  name: string;
  at: number;
  kept: boolean;
  /** How many highly available machines run. */
  machines: number;
  hosts: { id: string; name: string; machines: number; stranded: Fate[] }[];
}

/** As often as the engine looks. */
const LOOK = 10_000;

export const useSpares = () =>
  useQuery({
    queryKey: ['placement', 'clusters'],
    queryFn: async ({ signal }) => (await ask<{ clusters: Spare[] }>(`${PLACE}/clusters`, { signal })).clusters,
    refetchInterval: LOOK,
  });

export const useSpare = (cluster: string) =>
  useQuery({
    queryKey: ['placement', 'clusters', cluster],
    queryFn: ({ signal }) => ask<Spare>(`${PLACE}/clusters/${cluster}`, { signal }),
    refetchInterval: LOOK,
  });

/** @param hosts ids with commas between them, as `domains` */
export const useFates = (cluster: string, hosts: string, domains: string) =>
  useQuery({
    queryKey: ['placement', 'clusters', cluster, 'what-if', hosts, domains],
    queryFn: async ({ signal }) =>
      (
        await ask<{ machines: Fate[] }>(
          `${PLACE}/clusters/${cluster}/what-if?hosts=${hosts}&storage_domains=${domains}`,
          { signal },
        )
      ).machines,
    enabled: hosts !== '' || domains !== '',
    staleTime: 0,
    gcTime: 0,
  });
