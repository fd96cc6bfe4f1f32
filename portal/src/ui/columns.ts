import { useState } from 'react';
import type { Column } from './DataTable';

/** Which columns of a table are shown, in which order; kept in this browser. */
export interface Arrangement {
  order: string[];
  hidden: string[];
}

const place = (table: string) => `bellwether.columns.${table}`;

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

export function useArrangement(table: string) {
  const [wanted, setWanted] = useState<Arrangement | undefined>(() => {
    try {
      return JSON.parse(localStorage.getItem(place(table)) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  });
  const set = (now: Arrangement | undefined) => {
    setWanted(now);
    if (now) localStorage.setItem(place(table), JSON.stringify(now));
    else localStorage.removeItem(place(table));
  };
  return [wanted, set] as const;
}
