import {
  Breadcrumb,
  BreadcrumbItem,
  EmptyState,
  EmptyStateBody,
  Skeleton,
  Tab,
  Tabs,
  TabTitleText,
  Title,
} from '@patternfly/react-core';
import { Link, useNavigate, useParams } from 'react-router';
import { useItem } from '../api/queries';
import { usable } from '../api/served';
import type { Vm } from '../api/types';
import { ConsoleTab } from '../console/ConsoleTab';
import { t, word } from '../i18n';
import { UsageTab } from '../statistics/Usage';
import { ActionButtons, ActionsMenu, useActions } from '../ui/ActionsMenu';
import { Details } from '../ui/Details';
import { bytes, since, time } from '../ui/format';
import { explain } from '../ui/notify';
import { StatusLabel } from '../ui/StatusLabel';
import { GuestTab } from '../vm/GuestTab';
import { VmDisks } from '../vm/VmDisks';
import { VmNics } from '../vm/VmNics';
import { VmSnapshots } from '../vm/VmSnapshots';
import { cpus } from '../vm/vms';
import { ownActions } from './VmPortal';

const all = [
  { id: 'general' },
  { id: 'console', needs: 'vm_graphics_console.ticket' },
  { id: 'snapshots', needs: 'snapshots.add' },
  { id: 'disks' },
  { id: 'nics' },
  { id: 'guest' },
  { id: 'statistics' },
] as const satisfies readonly { id: string; needs?: string }[];

/** One machine, for whom it belongs to. */
export function OwnVm() {
  const { id = '', tab = 'general' } = useParams();
  const navigate = useNavigate();
  const { data: vm, error } = useItem<Vm>('vms', id);
  const { begin, dialog } = useActions<Vm>((action) => {
    if (action.id === 'remove') void navigate('/portal');
  });
  if (error && !vm) {
    return (
      <EmptyState titleText={t('table.failed')} headingLevel="h1">
        <EmptyStateBody>{explain(error)}</EmptyStateBody>
        <Link to="/portal">{t('vp.back')}</Link>
      </EmptyState>
    );
  }
  if (!vm) return <Skeleton height="160px" screenreaderText={t('table.loading')} />;
  return (
    <section className="bw-page" aria-labelledby="vm-title">
      <Breadcrumb>
        <BreadcrumbItem>
          <Link to="/portal">{t('vp.back')}</Link>
        </BreadcrumbItem>
        <BreadcrumbItem isActive>{vm.name}</BreadcrumbItem>
      </Breadcrumb>
      <div className="bw-page__head">
        <Title headingLevel="h1" size="2xl" id="vm-title">
          {vm.name}
        </Title>
        <StatusLabel status={vm.status} />
        <span className="bw-page__actions">
          <ActionButtons actions={usable(ownActions)} rows={[vm]} begin={begin} />
          <ActionsMenu actions={usable(ownActions)} rows={[vm]} begin={begin} label={t('table.actions')} />
        </span>
      </div>
      <Tabs
        activeKey={tab}
        onSelect={(_, key) => void navigate(`/portal/${id}/${key}`, { replace: true })}
        aria-label={vm.name ?? ''}
      >
        {usable<{ id: (typeof all)[number]['id']; needs?: string }>(all).map(({ id: each }) => (
          <Tab
            key={each}
            eventKey={each}
            tabContentId="tab-content"
            title={<TabTitleText>{t(`tab.${each}`)}</TabTitleText>}
          />
        ))}
      </Tabs>
      <div className="bw-tab" id="tab-content" role="tabpanel">
        {tab === 'general' && (
          <Details
            facts={[
              ['col.description', vm.description],
              ['col.os', vm.guest_operating_system?.distribution ?? vm.os?.type],
              ['col.memory', bytes(vm.memory)],
              ['col.cpus', `${cpus(vm)}`],
              ['col.fqdn', vm.fqdn],
              ['col.vmType', word('vm', vm.type)],
              ['col.uptime', vm.status !== 'down' ? since(vm.start_time) : undefined],
              ['col.created', time(vm.creation_time)],
            ]}
          />
        )}
        {tab === 'console' && <ConsoleTab vm={vm} />}
        {tab === 'snapshots' && <VmSnapshots vm={vm} portal />}
        {tab === 'disks' && <VmDisks vm={vm} portal />}
        {tab === 'nics' && <VmNics vm={vm} />}
        {tab === 'guest' && <GuestTab vm={vm} />}
        {tab === 'statistics' && <UsageTab kind="vms" id={vm.id} />}
      </div>
      {dialog}
    </section>
  );
}
