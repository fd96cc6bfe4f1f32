import {
  Button,
  EmptyState,
  EmptyStateBody,
  EmptyStateFooter,
  SearchInput,
  Skeleton,
  Title,
  ToggleGroup,
  ToggleGroupItem,
} from '@patternfly/react-core';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import ListIcon from '@patternfly/react-icons/dist/esm/icons/list-icon';
import GridIcon from '@patternfly/react-icons/dist/esm/icons/th-large-icon';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { post } from '../api/client';
import { prefer, preference } from '../api/preferences';
import { useList } from '../api/queries';
import { served, usable } from '../api/served';
import type { Vm, VmPool } from '../api/types';
import { t } from '../i18n';
import { ActionsMenu, possible, useActions } from '../ui/ActionsMenu';
import { DataTable, type Sort, sorted } from '../ui/DataTable';
import { bytes, since } from '../ui/format';
import { act, explain } from '../ui/notify';
import { StatusLabel } from '../ui/StatusLabel';
import { NewVmDialog } from '../vm/VmDialogs';
import { changeCd, cpus, edit, power, removeVm, useVmColumns } from '../vm/vms';

export const ownActions = [...power, changeCd, edit, removeVm];
const STORED = 'portal.list';

/** One's own machines, as cards or as a list. */
export function VmPortal() {
  const { data, isPending, error } = useList<Vm>('vms');
  const [words, setWords] = useState('');
  const [asList, setAsList] = useState(preference(STORED) === 'true');
  const [making, setMaking] = useState(false);
  const [sort, setSort] = useState<Sort>({ column: 'name', down: false });
  const navigate = useNavigate();
  const { begin, dialog } = useActions<Vm>();
  const columns = useVmColumns().filter(({ id }) =>
    ['name', 'status', 'memory', 'cpus', 'uptime', 'fqdn'].includes(id),
  );
  const show = (list: boolean) => {
    setAsList(list);
    prefer(STORED, String(list));
  };
  const rows = (data ?? []).filter((vm) =>
    `${vm.name} ${vm.description ?? ''}`.toLowerCase().includes(words.toLowerCase()),
  );
  return (
    <section className="bw-page" aria-labelledby="portal-title">
      <div className="bw-page__head">
        <Title headingLevel="h1" size="2xl" id="portal-title">
          {t('vp.title')}
        </Title>
        <span className="bw-count">{data?.length}</span>
        <span className="bw-page__actions">
          <SearchInput
            className="bw-search"
            aria-label={t('table.search')}
            placeholder={t('table.search')}
            value={words}
            onChange={(_, value) => setWords(value)}
            onClear={() => setWords('')}
          />
          <ToggleGroup aria-label={t('vp.cards')}>
            <ToggleGroupItem
              icon={<GridIcon />}
              aria-label={t('vp.cards')}
              isSelected={!asList}
              onChange={() => show(false)}
            />
            <ToggleGroupItem
              icon={<ListIcon />}
              aria-label={t('vp.list')}
              isSelected={asList}
              onChange={() => show(true)}
            />
          </ToggleGroup>
          <Button onClick={() => setMaking(true)}>{t('vp.create')}</Button>
        </span>
      </div>
      {isPending && <Skeleton height="160px" screenreaderText={t('table.loading')} />}
      {error && <p>{explain(error)}</p>}
      {data?.length === 0 && (
        <EmptyState icon={DesktopIcon} titleText={t('vp.none')} headingLevel="h2">
          <EmptyStateBody>{t('vp.noneText')}</EmptyStateBody>
          <EmptyStateFooter>
            <Button onClick={() => setMaking(true)}>{t('vp.create')}</Button>
          </EmptyStateFooter>
        </EmptyState>
      )}
      <Pools />
      {asList ? (
        <DataTable
          label={t('vp.title')}
          rows={rows}
          columns={columns.map((column) =>
            column.id === 'name'
              ? { ...column, cell: (vm: Vm) => <Link to={`/portal/${vm.id}`}>{vm.name}</Link> }
              : column,
          )}
          sort={sort}
          onSort={setSort}
          onOpen={(vm) => void navigate(`/portal/${vm.id}`)}
          rowActions={(vm) => (
            <ActionsMenu
              plain
              actions={usable(ownActions)}
              rows={[vm]}
              begin={begin}
              label={t('table.rowActions', { name: vm.name ?? '' })}
            />
          )}
        />
      ) : (
        <ul className="bw-cards bw-lines">
          {sorted(rows, columns[0], false).map((vm) => (
            <li key={vm.id} className="bw-card bw-vm">
              <div className="bw-vm__head">
                <Link to={`/portal/${vm.id}`}>{vm.name}</Link>
                <ActionsMenu
                  plain
                  actions={usable(ownActions)}
                  rows={[vm]}
                  begin={begin}
                  label={t('table.rowActions', { name: vm.name ?? '' })}
                />
              </div>
              <span>
                <StatusLabel status={vm.status} />
              </span>
              <span className="bw-quiet">
                {[vm.guest_operating_system?.distribution, bytes(vm.memory), `${cpus(vm)} CPU`]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {vm.status !== 'down' && vm.start_time && (
                <span className="bw-quiet">
                  {t('col.uptime')}: {since(vm.start_time)}
                </span>
              )}
              <div className="bw-vm__buttons">
                {power
                  .filter((action) => action.prominent && possible(action, [vm]))
                  .map((action) => (
                    <Button
                      key={action.id}
                      variant="secondary"
                      size="sm"
                      onClick={() => begin(action, [vm])}
                      {...(action.icon && { icon: <action.icon /> })}
                    >
                      {t(action.label)}
                    </Button>
                  ))}
                {served('vm_graphics_console.ticket') &&
                  vm.status !== 'down' &&
                  vm.status !== 'suspended' &&
                  vm.status !== 'image_locked' && (
                    <Button
                      variant="secondary"
                      size="sm"
                      icon={<DesktopIcon />}
                      onClick={() => void navigate(`/portal/${vm.id}/console`)}
                    >
                      {t('do.console')}
                    </Button>
                  )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {dialog}
      {making && <NewVmDialog portal onClose={() => setMaking(false)} />}
    </section>
  );
}

/** Pools of which one may take a machine. */
function Pools() {
  const { data = [] } = useList<VmPool>('vm_pools', '', served('vm_pools.list'));
  if (data.length === 0) return null;
  return (
    <ul className="bw-lines bw-pools">
      {data.map((pool) => (
        <li key={pool.id} className="bw-card bw-pool">
          <span>
            <strong>{pool.name}</strong> <span className="bw-quiet">{pool.description}</span>
          </span>
          <Button
            variant="secondary"
            size="sm"
            onClick={() => void act(t('pool.take'), [pool], () => post(`/vmpools/${pool.id}/allocatevm`))}
          >
            {t('pool.take')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
