import type { Statistic } from '../api/types';

export interface FileSystem {
  id: string;
  path: string;
  type: string;
  total: number;
  used: number;
}

/** The guest's file systems, which come as JSON within one statistic; none when what it says cannot be read. */
export function fileSystems(statistics: readonly Statistic[]): FileSystem[] {
  const told = statistics.find(({ name }) => name === 'disks.usage')?.values?.value?.[0]?.detail;
  if (!told) return [];
  try {
    const read: unknown = JSON.parse(told);
    return Array.isArray(read)
      ? read.map(({ path, total, used, fs }: Record<string, unknown>, number) => ({
          id: String(number),
          path: String(path ?? ''),
          type: String(fs ?? ''),
          total: Number(total ?? 0),
          used: Number(used ?? 0),
        }))
      : [];
  } catch {
    return [];
  }
}

/** How full it is, in percent; nothing of what has no size. */
export const fullness = ({ total, used }: FileSystem) => (total > 0 ? Math.round((100 * used) / total) : undefined);
