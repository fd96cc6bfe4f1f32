import type { Column } from './DataTable';

/** Whether a text is a query of the engine's search language, or only a word to look for in what is shown. */
export const isQuery = (text: string) => /[=<>!]|\bsortby\b|\bpage\b/i.test(text);

/** Rows in which each of the words occurs in some column. */
export function containing<T extends { name?: string }>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  text: string,
) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const all = [row.name ?? '', ...columns.map((column) => String(column.value(row) ?? ''))].join('\n').toLowerCase();
    return words.every((each) => all.includes(each));
  });
}
