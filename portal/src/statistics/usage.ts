import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';

/** How much is used, now and over time: the engine's README describes where this comes from. */

const PLACE = '/ovirt-engine/services/usage';
const OFTEN = 30_000;

export type Subject = 'vms' | 'hosts' | 'clusters' | 'storagedomains' | 'system';
export const spans = ['hour', 'day', 'week', 'month'] as const;
export type Span = (typeof spans)[number];
export const lengths: Record<Span, number> = { hour: 3_600, day: 86_400, week: 604_800, month: 2_678_400 };

export interface Series {
  unit: 'percent' | 'count' | 'bytes' | 'bytes_per_second';
  values: (number | null)[];
}

/** Parallel lists: a value, or null, for each of the times. */
export interface Course {
  span: Span;
  seconds: number;
  times: number[];
  series: Record<string, Series | undefined>;
}

export interface Usage {
  id: string;
  cpu?: number;
  cpus?: number;
  cpus_given?: number;
  memory?: number;
  memory_used?: number;
  memory_given?: number;
  received?: number;
  sent?: number;
  read?: number;
  written?: number;
  storage?: number;
  storage_used?: number;
}

export function useCourse(kind: Subject, id: string, span: Span): UseQueryResult<Course> {
  return useQuery({
    queryKey: ['usage', kind, id, span],
    queryFn: ({ signal }) => ask<Course>(`${PLACE}/${kind}${id && `/${id}`}?span=${span}`, { signal }),
    refetchInterval: span === 'hour' ? OFTEN : OFTEN * 4,
    staleTime: OFTEN / 2,
  });
}

/** Those that use the most now. */
export function useTop(kind: Subject, by: keyof Usage, max: number): UseQueryResult<Usage[]> {
  return useQuery({
    queryKey: ['usage', kind, 'top', by, max],
    queryFn: async ({ signal }) =>
      (await ask<{ usage: Usage[] }>(`${PLACE}/${kind}?by=${by}&max=${max}`, { signal })).usage,
    refetchInterval: OFTEN,
    staleTime: OFTEN / 2,
  });
}
