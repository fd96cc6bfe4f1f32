import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { t } from '../i18n';
import { ApiError, call, list, members, slim } from './client';
import type { Quota, StorageDomain } from './types';

/** The collections that tables show, by their name in the change feed, and their place in the API. */
export const collections = {
  vms: '/vms',
  hosts: '/hosts',
  data_centers: '/datacenters',
  clusters: '/clusters',
  storage_domains: '/storagedomains',
  disks: '/disks',
  networks: '/networks',
  vnic_profiles: '/vnicprofiles',
  templates: '/templates',
  vm_pools: '/vmpools',
  instance_types: '/instancetypes',
  affinity_labels: '/affinitylabels',
  mac_pools: '/macpools',
  scheduling_policies: '/schedulingpolicies',
  quotas: '/quotas',
  tags: '/tags',
  notification_channels: '/ovirt-engine/services/notifications',
  directories: '/ovirt-engine/services/directories',
  sso_clients: '/ovirt-engine/services/sso-clients',
  licence_zones: '/ovirt-engine/services/licence-zones',
  users: '/users',
  groups: '/groups',
  roles: '/roles',
  permissions: '/permissions',
  events: '/events',
  jobs: '/jobs',
} as const;

export type Collection = keyof typeof collections;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The change feed says when something is old.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503),
    },
  },
});

/** Small at first, so that there is something to see; large after it, so that all is there soon. */
const FIRST = 200;
const PAGE = 2_000;

/** Only these can grow beyond what one answer should hold. */
const large: ReadonlySet<Collection> = new Set(['vms', 'disks', 'templates']);

/**
 * The API tells the status of a storage domain only where it is attached, below its data center; people look for it in the
 * list of all.
 */
async function withStatus(domains: StorageDomain[], signal?: AbortSignal): Promise<StorageDomain[]> {
  const centers = new Set(domains.flatMap((domain) => domain.data_centers?.data_center?.map(({ id }) => id) ?? []));
  const attached = await Promise.all(
    [...centers].map((center) => list<StorageDomain>(`/datacenters/${center}/storagedomains`, signal)),
  );
  const status = new Map(attached.flat().map((domain) => [domain.id, domain.status]));
  return domains.map((domain) => ({ ...domain, status: status.get(domain.id) ?? domain.status ?? 'unattached' }));
}

/** Quotas lie below their data centers; people look for them in one list. */
async function quotas(signal?: AbortSignal): Promise<Quota[]> {
  const centers = await list<{ id: string }>(collections.data_centers, signal);
  const below = await Promise.all(
    centers.map(async (center) =>
      (await list<Quota>(`/datacenters/${center.id}/quotas`, signal)).map((quota) => ({
        ...quota,
        data_center: center,
      })),
    ),
  );
  return below.flat();
}

const place = (path: string, search: string, max?: number) => {
  const parameters = new URLSearchParams();
  if (search) parameters.set('search', search);
  if (max) parameters.set('max', String(max));
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
};

export async function load<T>(kind: Collection, search: string, shown: (soFar: T[]) => void, signal?: AbortSignal) {
  const path = collections[kind];
  if (kind === 'quotas') return (await quotas(signal)) as T[];
  if (kind === 'storage_domains')
    return (await withStatus(await list<StorageDomain>(place(path, search), signal), signal)) as T[];
  if (!large.has(kind)) return list<T>(place(path, search), signal);
  const first = await list<T>(place(path, search, FIRST), signal);
  if (first.length < FIRST || /\bpage\s+\d+\s*$/i.test(search)) return first;
  shown(first);
  let all: T[] = [];
  for (let page = 1; ; page++) {
    const more = members<T>(await call(place(path, `${search || ''} page ${page}`.trim(), PAGE), { signal })).map(slim);
    all = all.concat(more);
    if (more.length < PAGE) return all;
    if (all.length > FIRST) shown(all);
  }
}

export const listKey = (kind: Collection, search = '') => ['list', kind, search] as const;

export function useList<T>(kind: Collection, search = '', enabled = true): UseQueryResult<T[]> {
  return useQuery({
    queryKey: listKey(kind, search),
    enabled,
    queryFn: ({ signal, queryKey }) =>
      load<T>(
        kind,
        search,
        (soFar) => {
          // A reload keeps the whole old list until the new one is whole.
          if (((queries.getQueryData(queryKey) as T[] | undefined)?.length ?? 0) < soFar.length)
            queries.setQueryData(queryKey, soFar);
        },
        signal,
      ).catch((error: unknown) => {
        // Who may see it no more, such as the owner of a machine that was their only one, must not go on seeing what was.
        if (error instanceof ApiError && error.status === 403) queries.setQueryData(queryKey, []);
        throw error;
      }),
  });
}

export function useItem<T>(kind: Collection, id: string): UseQueryResult<T> {
  return useQuery({
    queryKey: ['item', kind, id],
    queryFn: async ({ signal }) => {
      if (kind === 'quotas') {
        const found = (await quotas(signal)).find((quota) => quota.id === id);
        if (!found) throw new ApiError(404, '', t('quota.gone'), '');
        return found as T;
      }
      const item = await call<T>(`${collections[kind]}/${id}`, { signal });
      return kind === 'storage_domains' ? ((await withStatus([item as StorageDomain], signal))[0] as T) : item;
    },
  });
}

/** What lies in an object: its disks, its NICs and so on. */
export function useSub<T>(
  kind: Collection,
  id: string,
  sub: string,
  every?: number,
  enabled = true,
): UseQueryResult<T[]> {
  return useQuery({
    queryKey: ['sub', kind, id, sub],
    queryFn: ({ signal }) => list<T>(`${collections[kind]}/${id}/${sub}`, signal),
    enabled,
    ...(every && { refetchInterval: every }),
  });
}

const known = new WeakMap<object, Map<string, string>>();

function namesOf(list: { id: string; name?: string }[]): Map<string, string> {
  const names = known.get(list) ?? new Map(list.map((each) => [each.id, each.name ?? '']));
  known.set(list, names);
  return names;
}

/** Names of the few by which many refer to them. */
export function useNames(kind: Collection): (ref: { id: string } | undefined) => string {
  const { data } = useList<{ id: string; name?: string }>(kind);
  return (ref) => (ref && data ? (namesOf(data).get(ref.id) ?? '') : '');
}
