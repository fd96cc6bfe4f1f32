import { Checkbox, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import ArrowDownIcon from '@patternfly/react-icons/dist/esm/icons/long-arrow-alt-down-icon';
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/long-arrow-alt-up-icon';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useCallback, useMemo, useRef } from 'react';
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

  // The same function for the life of the table, so that rows that stay in sight are not drawn again while it is scrolled.
  const now = useRef<Did<T>>(() => {});
  now.current = (what, row, index) => {
    if (what === 'open') onOpen?.(row);
    else if (what === 'select' && onSelect) {
      const chosen = new Set(selected);
      if (!chosen.delete(row.id)) chosen.add(row.id);
      onSelect(chosen);
    } else if (what === 'up' || what === 'down') {
      const to = index + (what === 'down' ? 1 : -1);
      virtual.scrollToIndex(to);
      requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
    }
  };
  const did = useCallback<Did<T>>((what, row, index) => now.current(what, row, index), []);

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
              return (
                row && (
                  <Line
                    key={row.id}
                    row={row as never}
                    index={index}
                    start={start}
                    columns={columns as never}
                    template={template}
                    minWidth={minWidth}
                    selected={onSelect ? (selected?.has(row.id) ?? false) : undefined}
                    rowActions={rowActions as never}
                    did={did as never}
                  />
                )
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
        {!loading && rows.length === 0 && (
          <div className="bw-table__empty">
            {empty ?? (
              <EmptyState icon={SearchIcon} titleText={t('table.none')} headingLevel="h2" variant="sm">
                <EmptyStateBody>{t('table.noneText')}</EmptyStateBody>
              </EmptyState>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

type Did<T> = (what: 'open' | 'select' | 'up' | 'down', row: T, index: number) => void;

interface LineProperties {
  row: { id: string; name?: string };
  index: number;
  start: number;
  columns: readonly Column<{ id: string }>[];
  template: string;
  minWidth: number;
  /** Undefined where nothing can be selected. */
  selected: boolean | undefined;
  rowActions: ((row: { id: string }) => ReactNode) | undefined;
  did: Did<{ id: string }>;
}

const Line = memo(function Line(properties: LineProperties) {
  const { row, index, start, columns, template, minWidth, selected, rowActions, did } = properties;
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const what = { ArrowDown: 'down', ArrowUp: 'up', Enter: 'open', ' ': 'select' }[event.key];
    if (!what) return;
    event.preventDefault();
    did(what as 'down', row, index);
  };
  return (
    <div
      role="row"
      tabIndex={0}
      data-index={index}
      data-id={row.id}
      aria-rowindex={index + 2}
      {...(selected !== undefined && { 'aria-selected': selected })}
      className="bw-row"
      style={{ gridTemplateColumns: template, minWidth, transform: `translateY(${start}px)` }}
      onKeyDown={key}
      onDoubleClick={() => did('open', row, index)}
    >
      {selected !== undefined && (
        <div role="gridcell" className="bw-cell bw-cell--tight">
          <input
            type="checkbox"
            className="pf-v6-c-check__input"
            aria-label={t('table.selectRow', { name: row.name ?? row.id })}
            checked={selected}
            onChange={() => did('select', row, index)}
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
});
