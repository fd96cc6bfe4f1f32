import { useMemo, useSyncExternalStore } from 'react';
import { prefer, preference, watchPreferences } from '../api/preferences';
import type { Column } from './DataTable';

/** Which columns of a table are shown, in which order; kept for each person. */
export interface Arrangement {
  order: string[];
  hidden: string[];
}

const place = (table: string) => `columns.${table}`;

export function arranged<T>(columns: readonly Column<T>[], wanted: Arrangement | undefined): Column<T>[] {
  if (!wanted) return columns.filter((column) => !column.hidden);
  const position = (column: Column<T>) => {
    const at = wanted.order.indexOf(column.id);
    return at < 0 ? wanted.order.length + columns.indexOf(column) : at;
  };
  // A column that is new since the order was kept shows itself as it would at first.
  return columns
    .filter((column) =>
      wanted.order.includes(column.id) ? !wanted.hidden.includes(column.id) : column.hidden !== true,
    )
    .sort((a, b) => position(a) - position(b));
}

function kept(table: string): Arrangement | undefined {
  try {
    return JSON.parse(preference(place(table)) || 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

export function useArrangement(table: string) {
  const text = useSyncExternalStore(watchPreferences, () => preference(place(table)));
  const wanted = useMemo(() => (text ? kept(table) : undefined), [text, table]);
  const set = (now: Arrangement | undefined) => prefer(place(table), now ? JSON.stringify(now) : '');
  return [wanted, set] as const;
}
