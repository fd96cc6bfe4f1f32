import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  SearchInput,
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
import { type MessageKey, t } from '../i18n';
import { ActionButtons, ActionsMenu, useActions } from './ActionsMenu';
import { ColumnsMenu } from './ColumnsMenu';
import { arranged, useArrangement } from './columns';
import { DataTable, type Sort } from './DataTable';
import { count } from './format';
import { explain } from './notify';
import { pathOf, type Resource } from './resource';
import { containing, isQuery } from './search';

/** The list of all objects of a kind. */
export function ResourceList<T extends { id: string; name?: string }>({ resource }: { resource: Resource<T> }) {
  const { kind, actions, create, extra } = resource;
  const title = t(`kind.${kind}` as MessageKey);
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('search') ?? '';
  const [typed, setTyped] = useState(search);
  const [sort, setSort] = useState<Sort>(resource.sort ?? { column: 'name', down: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [making, setMaking] = useState<'create' | 'extra'>();
  const navigate = useNavigate();
  const columns = resource.useColumns();
  const [wanted, arrange] = useArrangement(kind);
  const shown = useMemo(() => arranged(columns, wanted), [columns, wanted]);
  const query = isQuery(search) ? search : '';
  const { data, isPending, isFetching, error, refetch } = useList<T>(kind, query);
  const words = useDeferredValue(query ? '' : typed);
  const rows = useMemo(() => containing(data ?? [], shown, words), [data, shown, words]);
  const chosen = useMemo(() => rows.filter((row) => selected.has(row.id)), [rows, selected]);
  const { begin, dialog } = useActions<T>();

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
            <SearchInput
              aria-label={t('table.search')}
              placeholder={t('table.searchHint')}
              value={typed}
              onChange={(_, value) => setTyped(value)}
              onClear={() => setTyped('')}
              data-search=""
              title={t('table.searchHelp')}
            />
          </ToolbarItem>
          <ToolbarGroup variant="action-group">
            {create && (
              <ToolbarItem>
                <Button onClick={() => setMaking('create')}>{t(create.label)}</Button>
              </ToolbarItem>
            )}
            {extra && (
              <ToolbarItem>
                <Button variant="secondary" onClick={() => setMaking('extra')}>
                  {t(extra.label)}
                </Button>
              </ToolbarItem>
            )}
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
                    <Button variant="link" onClick={() => setMaking('create')}>
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
      {making === 'create' && create?.dialog({ onClose: () => setMaking(undefined) })}
      {making === 'extra' && extra?.dialog({ onClose: () => setMaking(undefined) })}
    </section>
  );
}
