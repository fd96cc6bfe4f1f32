import { Button, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { type ReactNode, useState } from 'react';
import { usable } from '../api/served';
import { type MessageKey, t } from '../i18n';
import { ActionsMenu, useActions } from './ActionsMenu';
import { type Column, DataTable, type Sort } from './DataTable';
import { explain } from './notify';
import type { Action, Making } from './resource';

/** The list of what lies in an object, in one of its tabs. */
export function SubTable<T extends { id: string; name?: string }>(properties: {
  title: MessageKey;
  rows: readonly T[] | undefined;
  error?: unknown;
  columns: readonly Column<T>[];
  sort?: Sort;
  actions?: readonly Action<T>[];
  create?: Making;
  empty?: ReactNode;
}) {
  const { title, rows, error, columns, empty } = properties;
  const actions = properties.actions && usable(properties.actions);
  const [create] = usable(properties.create ? [properties.create] : []);
  const [sort, setSort] = useState<Sort | undefined>(properties.sort);
  const [making, setMaking] = useState(false);
  const { begin, dialog } = useActions<T>();
  return (
    <>
      {create && (
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <Button variant="secondary" onClick={() => setMaking(true)}>
                {t(create.label)}
              </Button>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      )}
      <DataTable
        label={t(title)}
        rows={rows ?? []}
        columns={columns.filter((column) => !column.hidden)}
        loading={!rows && !error}
        sort={sort}
        onSort={setSort}
        {...(error !== undefined && error !== null && { empty: explain(error) })}
        {...(empty !== undefined && !error && { empty })}
        {...(actions && {
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
      />
      {dialog}
      {making && create?.dialog({ onClose: () => setMaking(false) })}
    </>
  );
}
