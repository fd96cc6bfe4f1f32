import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Title,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useList } from '../api/queries';
import { usable } from '../api/served';
import { type MessageKey, t } from '../i18n';
import { ActionButtons, ActionsMenu, useActions } from './ActionsMenu';
import { Bookmarks } from './Bookmarks';
import { ColumnsMenu } from './ColumnsMenu';
import { arranged, useArrangement } from './columns';
import { searchable } from './completion';
import { DataTable, type Sort } from './DataTable';
import { count } from './format';
import { explain } from './notify';
import { type Making, pathOf, type Resource } from './resource';
import { SearchField } from './SearchField';
import { containing, isQuery } from './search';

/** The list of all objects of a kind. */
export function ResourceList<T extends { id: string; name?: string }>({ resource }: { resource: Resource<T> }) {
  const { kind } = resource;
  const actions = usable(resource.actions);
  const [create] = usable(resource.create ? [resource.create] : []);
  const others = usable(resource.extras ?? []);
  const title = t(`kind.${kind}` as MessageKey);
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('search') ?? '';
  const [typed, setTyped] = useState(search);
  const [sort, setSort] = useState<Sort>(resource.sort ?? { column: 'name', down: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [making, setMaking] = useState<Making>();
  const navigate = useNavigate();
  const columns = resource.useColumns();
  const [wanted, arrange] = useArrangement(kind);
  const shown = useMemo(() => arranged(columns, wanted), [columns, wanted]);
  const query = isQuery(search) ? search : '';
  const { data: listed, isPending, isFetching, error, refetch } = useList<T>(kind, query);
  const data = useMemo(() => (listed && resource.rows ? resource.rows(listed) : listed), [listed, resource]);
  const words = useDeferredValue(query ? '' : typed);
  const rows = useMemo(() => containing(data ?? [], shown, words), [data, shown, words]);
  const chosen = useMemo(() => rows.filter((row) => selected.has(row.id)), [rows, selected]);
  const { begin, dialog } = useActions<T>();
  // What a field of the search holds is known from the objects that are shown.
  const values = (field: string) => {
    const column = columns.find(
      ({ id }) => id === ({ on_host: 'host', alias: 'name', datacenter: 'dataCenter' }[field] ?? field),
    );
    const seen = new Set<string>();
    for (const row of (data ?? []).slice(0, 5_000)) {
      const plain = (row as Record<string, unknown>)[field];
      const value = typeof plain === 'string' ? plain : column?.value(row);
      if (value !== undefined && value !== '') seen.add(String(value));
      if (seen.size > 200) break;
    }
    return [...seen].sort();
  };

  // While a query is typed it is not sent with each letter.
  useEffect(() => {
    if (typed === search) return;
    const timer = setTimeout(
      () =>
        setParameters(
          (before) => {
            if (typed) before.set('search', typed);
            else before.delete('search');
            return before;
          },
          { replace: true },
        ),
      isQuery(typed) ? 500 : 150,
    );
    return () => clearTimeout(timer);
  }, [typed, search, setParameters]);

  return (
    <section className="bw-page" aria-labelledby="list-title">
      <div className="bw-page__head">
        <Title headingLevel="h1" id="list-title" size="2xl">
          {title}
        </Title>
        <span className="bw-count" aria-live="polite">
          {data &&
            (words ? t('table.count', { count: count(rows.length), total: count(data.length) }) : count(data.length))}
        </span>
      </div>
      <Toolbar className="bw-toolbar" clearAllFilters={() => setTyped('')}>
        <ToolbarContent alignItems="center">
          <ToolbarItem className="bw-search">
            <SearchField value={typed} onChange={setTyped} fields={searchable[kind] ?? []} values={values} />
            <Bookmarks kind={kind} search={typed.trim()} onChoose={setTyped} />
          </ToolbarItem>
          <ToolbarGroup variant="action-group">
            {create && (
              <ToolbarItem>
                <Button onClick={() => setMaking(create)}>{t(create.label)}</Button>
              </ToolbarItem>
            )}
            {others.map((other) => (
              <ToolbarItem key={other.label}>
                <Button variant="secondary" onClick={() => setMaking(other)}>
                  {t(other.label)}
                </Button>
              </ToolbarItem>
            ))}
            {actions.length > 0 && (
              <>
                <ToolbarItem className="bw-buttons">
                  <ActionButtons actions={actions} rows={chosen} begin={begin} />
                </ToolbarItem>
                <ToolbarItem>
                  <ActionsMenu actions={actions} rows={chosen} begin={begin} label={t('table.actions')} />
                </ToolbarItem>
              </>
            )}
          </ToolbarGroup>
          {chosen.length > 0 && (
            <ToolbarItem>
              {t('table.selected', { count: count(chosen.length) })}{' '}
              <Button variant="link" isInline onClick={() => setSelected(new Set())}>
                {t('table.unselect')}
              </Button>
            </ToolbarItem>
          )}
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <ColumnsMenu columns={columns} wanted={wanted} onChange={arrange} />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {error && !data ? (
        <EmptyState icon={ExclamationCircleIcon} status="danger" titleText={t('table.failed')} headingLevel="h2">
          <EmptyStateBody>{explain(error)}</EmptyStateBody>
          <EmptyStateFooter>
            <EmptyStateActions>
              <Button onClick={() => void refetch()}>{t('table.again')}</Button>
            </EmptyStateActions>
          </EmptyStateFooter>
        </EmptyState>
      ) : (
        <DataTable
          label={title}
          rows={rows}
          columns={shown}
          loading={isPending && isFetching}
          sort={sort}
          onSort={setSort}
          {...(actions.length > 0 && {
            selected,
            onSelect: setSelected,
            rowActions: (row: T) => (
              <ActionsMenu
                plain
                actions={actions}
                rows={[row]}
                begin={begin}
                label={t('table.rowActions', { name: row.name ?? row.id })}
              />
            ),
          })}
          {...(resource.tabs && { onOpen: (row: T) => void navigate(pathOf(kind, row.id)) })}
          {...(!typed && {
            empty: (
              <EmptyState icon={resource.icon} titleText={t('table.empty')} headingLevel="h2" variant="sm">
                {resource.emptyText && <EmptyStateBody>{t(resource.emptyText)}</EmptyStateBody>}
                {create && (
                  <EmptyStateFooter>
                    <Button variant="link" onClick={() => setMaking(create)}>
                      {t(create.label)}
                    </Button>
                  </EmptyStateFooter>
                )}
              </EmptyState>
            ),
          })}
        />
      )}
      {dialog}
      {making?.dialog({ onClose: () => setMaking(undefined) })}
    </section>
  );
}
