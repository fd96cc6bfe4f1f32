import type { Permit } from '../api/types';

/** What permits are about, by the hundreds of their numbers. */
const ABOUT = [
  'vm',
  'host',
  'template',
  'pool',
  'cluster',
  'access',
  'storage',
  'center',
  'engine',
  'quota',
  'other',
  'disk',
  'network',
  'engine',
] as const;

export type PermitGroup = (typeof ABOUT)[number];

const about = (permit: Permit): PermitGroup => {
  if (/_MAC_POOL$/i.test(permit.name ?? '')) return 'network';
  if (/DISK_PROFILE/i.test(permit.name ?? '')) return 'disk';
  if (/CONSOLE$/i.test(permit.name ?? '')) return 'vm';
  return ABOUT[Math.floor(Number(permit.id) / 100)] ?? 'other';
};

/** Permits by what they are about, those about nothing in particular last. */
export function permitGroups(permits: readonly Permit[]): { group: PermitGroup; permits: Permit[] }[] {
  const order = [...new Set([...ABOUT.filter((each) => each !== 'other'), 'other' as const])];
  return order
    .map((group) => ({ group, permits: permits.filter((permit) => about(permit) === group) }))
    .filter((each) => each.permits.length > 0);
}
