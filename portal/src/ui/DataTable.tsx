import { Checkbox, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import ArrowDownIcon from '@patternfly/react-icons/dist/esm/icons/long-arrow-alt-down-icon';
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/long-arrow-alt-up-icon';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react';
import { type MessageKey, t } from '../i18n';
import './table.css';

/** One column of a table of T: what it sorts by, and what it shows. */
export interface Column<T> {
  id: string;
  title: MessageKey;
  value: (row: T) => string | number | undefined;
  cell?: (row: T) => ReactNode;
  /** In pixels, at least; what is left over is shared out by it too. */
  width?: number;
  hidden?: boolean;
  end?: boolean;
}

export interface Sort {
  column: string;
  down: boolean;
}

const ROW = 44;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Rows in order; those without a value come last whichever way. */
export function sorted<T>(rows: readonly T[], column: Column<T> | undefined, down: boolean): readonly T[] {
  if (!column) return rows;
  const keyed = rows.map((row) => ({ row, key: column.value(row) }));
  const missing = (key: string | number | undefined) => key === undefined || key === '' || Number.isNaN(key);
  keyed.sort((a, b) => {
    if (missing(a.key) || missing(b.key)) return Number(missing(a.key)) - Number(missing(b.key));
    const order =
      typeof a.key === 'number' && typeof b.key === 'number'
        ? a.key - b.key
        : collator.compare(String(a.key), String(b.key));
    return down ? -order : order;
  });
  return keyed.map(({ row }) => row);
}

interface Properties<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  loading?: boolean;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  onOpen?: (row: T) => void;
  rowActions?: (row: T) => ReactNode;
  empty?: ReactNode;
}

/** A table of any length: only the rows that can be seen are drawn. */
export function DataTable<T extends { id: string; name?: string }>({
  label,
  rows,
  columns,
  loading = false,
  sort,
  onSort,
  selected,
  onSelect,
  onOpen,
  rowActions,
  empty,
}: Properties<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const ordered = useMemo(
    () =>
      sorted(
        rows,
        columns.find((column) => column.id === sort?.column),
        sort?.down ?? false,
      ),
    [rows, columns, sort],
  );
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  // The same for every row, whatever is in it: each is a grid of its own.
  const minWidth =
    columns.reduce((all, { width = 110 }) => all + width, 0) + (onSelect ? 44 : 0) + (rowActions ? 56 : 0);
  const template = [
    onSelect && '44px',
    ...columns.map(({ width = 110 }) => `minmax(${width}px, ${width}fr)`),
    rowActions && '56px',
  ]
    .filter(Boolean)
    .join(' ');
  const all = selected !== undefined && rows.length > 0 && rows.every((row) => selected.has(row.id));

  const select = (row: T, on: boolean) => {
    const now = new Set(selected);
    if (on) now.add(row.id);
    else now.delete(row.id);
    onSelect?.(now);
  };
  const key = (event: KeyboardEvent, row: T, index: number) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const to = index + (event.key === 'ArrowDown' ? 1 : -1);
      virtual.scrollToIndex(to);
      requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
    } else if (event.key === 'Enter') onOpen?.(row);
    else if (event.key === ' ' && onSelect) {
      event.preventDefault();
      select(row, !selected?.has(row.id));
    }
  };

  return (
    <div className="bw-table">
      <div className="bw-table__scroll" ref={scroll}>
        <div role="grid" aria-label={label} aria-rowcount={ordered.length + 1} aria-busy={loading}>
          <div role="rowgroup">
            <div
              role="row"
              tabIndex={-1}
              className="bw-row bw-row--head"
              style={{ gridTemplateColumns: template, minWidth }}
            >
              {onSelect && (
                <div role="columnheader" className="bw-cell bw-cell--tight">
                  <Checkbox
                    id={`all-${label}`}
                    aria-label={t('table.selectAll')}
                    isChecked={all}
                    onChange={(_, on) => onSelect(new Set(on ? ordered.map((row) => row.id) : []))}
                  />
                </div>
              )}
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="columnheader"
                  className={`bw-cell${column.end ? ' bw-cell--end' : ''}`}
                  aria-sort={sort?.column === column.id ? (sort.down ? 'descending' : 'ascending') : 'none'}
                >
                  {onSort ? (
                    <button
                      type="button"
                      className="bw-sort"
                      onClick={() =>
                        onSort({ column: column.id, down: sort?.column === column.id ? !sort.down : false })
                      }
                    >
                      {t(column.title)}
                      {sort?.column === column.id && (sort.down ? <ArrowDownIcon /> : <ArrowUpIcon />)}
                    </button>
                  ) : (
                    t(column.title)
                  )}
                </div>
              ))}
              {rowActions && (
                <div role="columnheader" className="bw-cell">
                  <span className="pf-v6-u-screen-reader bw-hidden">{t('table.actions')}</span>
                </div>
              )}
            </div>
          </div>
          <div role="rowgroup" className="bw-body" style={{ height: virtual.getTotalSize(), minWidth }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = ordered[index];
              if (!row) return null;
              return (
                <div
                  key={row.id}
                  role="row"
                  tabIndex={0}
                  data-index={index}
                  data-id={row.id}
                  aria-rowindex={index + 2}
                  {...(onSelect && { 'aria-selected': selected?.has(row.id) ?? false })}
                  className="bw-row"
                  style={{ gridTemplateColumns: template, minWidth, transform: `translateY(${start}px)` }}
                  onKeyDown={(event) => key(event, row, index)}
                  onDoubleClick={() => onOpen?.(row)}
                >
                  {onSelect && (
                    <div role="gridcell" className="bw-cell bw-cell--tight">
                      <Checkbox
                        id={`select-${row.id}`}
                        aria-label={t('table.selectRow', { name: row.name ?? row.id })}
                        isChecked={selected?.has(row.id) ?? false}
                        onChange={(_, on) => select(row, on)}
                      />
                    </div>
                  )}
                  {columns.map((column) => (
                    <div key={column.id} role="gridcell" className={`bw-cell${column.end ? ' bw-cell--end' : ''}`}>
                      {column.cell ? column.cell(row) : column.value(row)}
                    </div>
                  ))}
                  {rowActions && (
                    <div role="gridcell" className="bw-cell bw-cell--tight">
                      {rowActions(row)}
                    </div>
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {loading && rows.length === 0 && (
          <div className="bw-row--loading">
            <Skeleton screenreaderText={t('table.loading')} height="28px" />
            <br />
            <Skeleton height="28px" width="85%" />
            <br />
            <Skeleton height="28px" width="92%" />
          </div>
        )}
        {!loading &&
          rows.length === 0 &&
          (empty ?? (
            <EmptyState icon={SearchIcon} titleText={t('table.none')} headingLevel="h2" variant="sm">
              <EmptyStateBody>{t('table.noneText')}</EmptyStateBody>
            </EmptyState>
          ))}
      </div>
    </div>
  );
}
