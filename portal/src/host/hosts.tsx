import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import PowerOffIcon from '@patternfly/react-icons/dist/esm/icons/power-off-icon';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import SyncIcon from '@patternfly/react-icons/dist/esm/icons/sync-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import WrenchIcon from '@patternfly/react-icons/dist/esm/icons/wrench-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, remove } from '../api/client';
import { useList, useNames, useSub } from '../api/queries';
import { type Host, type HostNic, num, type Vm, yes } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { labelling } from '../inventory/labelling';
import { tagging } from '../inventory/tags';
import { HostNetworks } from '../network/HostNetworks';
import { LabelsDialog } from '../network/Labels';
import { UsageTab } from '../statistics/Usage';
import { Details } from '../ui/Details';
import { bytes } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Action, Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { VmsWhere } from '../vm/VmsWhere';
import { Certificate } from './Certificate';
import { Cockpit } from './Cockpit';
import { HostDevices } from './Devices';
import { EngineMachine } from './EngineMachine';
import { AddHostDialog, EditHostDialog, MaintenanceDialog } from './HostDialogs';
import { HostNuma } from './HostNuma';
import { HostStorage } from './HostStorage';
import { ReinstallDialog } from './InstallHost';
import { PowerManagement } from './PowerManagement';

const threads = (host: Host) => {
  const { sockets = 1, cores = 1, threads: each = 1 } = host.cpu?.topology ?? {};
  return num(sockets) * num(cores) * num(each);
};

/** How many machines run on a host: counted here, since a machine's coming and going does not change the host itself. */
function useRunning() {
  const { data: vms = [] } = useList<Vm>('vms');
  const counts = new Map<string, number>();
  for (const vm of vms) if (vm.host) counts.set(vm.host.id, (counts.get(vm.host.id) ?? 0) + 1);
  return (host: Host) => counts.get(host.id) ?? 0;
}

/** Hosts are upgraded over SSH, so they must have been installed over it. */
const upgradable = (host: Host) =>
  (host.status === 'up' || host.status === 'maintenance') && Boolean(host.ssh?.fingerprint);

export const hosts: Resource<Host> = {
  kind: 'hosts',
  icon: ServerIcon,
  status: (host) => host.status,
  emptyText: 'first.hostText',
  create: { label: 'do.addHost', dialog: ({ onClose }) => <AddHostDialog onClose={onClose} /> },
  useColumns: () => {
    const cluster = useNames('clusters');
    const running = useRunning();
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (host) => host.name,
        width: 180,
        cell: (host) => (
          <ObjectLink kind="hosts" id={host.id}>
            {host.name}
          </ObjectLink>
        ),
      },
      {
        id: 'status',
        title: 'col.status',
        value: (host) => word('status', host.status),
        cell: (host) => <StatusLabel status={host.status} />,
        width: 160,
      },
      { id: 'cluster', title: 'col.cluster', value: (host) => cluster(host.cluster) },
      { id: 'address', title: 'col.address', value: (host) => host.address },
      { id: 'machines', title: 'col.machines', value: running, width: 100, end: true },
      {
        id: 'memory',
        title: 'col.memory',
        value: (host) => num(host.memory),
        cell: (host) => bytes(host.memory),
        end: true,
        width: 110,
      },
      { id: 'cpus', title: 'col.cpus', value: threads, end: true, width: 80 },
      { id: 'cpu', title: 'col.cpu', value: (host) => host.cpu?.name, width: 240 },
      { id: 'comment', title: 'col.comment', value: (host) => host.comment, hidden: true },
      { id: 'id', title: 'col.id', value: (host) => host.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'activate',
      label: 'do.activate',
      icon: PlayIcon,
      prominent: true,
      on: (host) => host.status === 'maintenance' || host.status === 'preparing_for_maintenance',
      run: (host) => post(`/hosts/${host.id}/activate`),
    },
    {
      id: 'maintenance',
      label: 'do.maintenance',
      icon: WrenchIcon,
      prominent: true,
      single: true,
      on: (host) => host.status !== 'maintenance' && host.status !== 'preparing_for_maintenance',
      dialog: ({ rows, onClose }) => rows[0] && <MaintenanceDialog host={rows[0]} onClose={onClose} />,
    },
    {
      id: 'rebooted',
      label: 'do.confirmRebooted',
      icon: PowerOffIcon,
      single: true,
      danger: true,
      on: (host) => host.status === 'non_responsive',
      confirm: { title: 'confirm.rebooted', text: 'confirm.rebootedText' },
      run: (host) => post(`/hosts/${host.id}/fence`, { fence_type: 'manual' }),
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <EditHostDialog host={rows[0]} onClose={onClose} />,
    },
    ...(['start', 'stop', 'restart'] as const).map(
      (how): Action<Host> => ({
        id: `power-${how}`,
        needs: 'fence_agents.list',
        label: `power.${how}`,
        icon: PowerOffIcon,
        single: true,
        danger: how !== 'start',
        on: (host) =>
          yes(host.power_management?.enabled) &&
          ['maintenance', 'non_responsive', 'down', 'install_failed'].includes(host.status ?? ''),
        confirm: { title: 'confirm.generic', text: 'power.confirm' },
        run: (host) => post(`/hosts/${host.id}/fence`, { fence_type: how }),
      }),
    ),
    {
      id: 'restart',
      needs: 'host.upgrade',
      label: 'host.restart',
      icon: PowerOffIcon,
      danger: true,
      on: (host) =>
        host.status === 'maintenance' && Boolean(host.ssh?.fingerprint) && !yes(host.power_management?.enabled),
      confirm: { title: 'confirm.generic', text: 'host.restartText' },
      run: (host) => post(`/hosts/${host.id}/fence`, { fence_type: 'restart' }),
    },
    {
      id: 'reinstall',
      needs: 'host.install',
      label: 'host.reinstall',
      single: true,
      on: (host) => host.status === 'maintenance' || host.status === 'install_failed',
      dialog: ({ rows, onClose }) => rows[0] && <ReinstallDialog host={rows[0]} onClose={onClose} />,
    },
    {
      id: 'refresh',
      needs: 'host.refresh',
      label: 'host.refresh',
      icon: SyncIcon,
      on: (host) => host.status === 'up' || host.status === 'non_operational',
      run: (host) => post(`/hosts/${host.id}/refresh`),
    },
    {
      id: 'check-updates',
      needs: 'host.upgrade_check',
      label: 'host.checkUpdates',
      on: upgradable,
      run: (host) => post(`/hosts/${host.id}/upgradecheck`),
    },
    {
      id: 'upgrade',
      needs: 'host.upgrade',
      label: 'host.upgrade',
      on: upgradable,
      confirm: { title: 'confirm.generic', text: 'host.upgradeText' },
      run: (host) => post(`/hosts/${host.id}/upgrade`),
    },
    {
      id: 'certificate',
      needs: 'host.enroll_certificate',
      label: 'host.enroll',
      on: (host) => host.status === 'up' || host.status === 'maintenance',
      confirm: { title: 'confirm.generic', text: 'host.enrollText' },
      run: (host) => post(`/hosts/${host.id}/enrollcertificate`),
    },
    {
      id: 'sync-networks',
      needs: 'host.sync_all_networks',
      label: 'host.syncNetworks',
      on: (host) => host.status === 'up',
      confirm: { title: 'confirm.generic', text: 'host.syncText' },
      run: (host) => post(`/hosts/${host.id}/syncallnetworks`),
    },
    tagging('hosts'),
    labelling('hosts'),
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (host) => host.status === 'maintenance',
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (host) => remove(`/hosts/${host.id}`),
    },
  ],
  tabs: [
    { id: 'general', title: 'tab.general', content: (host) => <General host={host} /> },
    { id: 'machines', title: 'tab.machines', content: (host) => <VmsWhere keep={(vm) => vm.host?.id === host.id} /> },
    {
      id: 'networks',
      needs: 'host.setup_networks',
      title: 'tab.hostNetworks',
      content: (host) => <HostNetworks host={host} />,
    },
    { id: 'nics', title: 'tab.nics', content: (host) => <Nics host={host} /> },
    {
      id: 'devices',
      needs: 'host_devices.list',
      title: 'tab.devices',
      content: (host) => <HostDevices host={host} />,
    },
    {
      id: 'numa',
      needs: 'host_numa_nodes.list',
      title: 'numa.nodes',
      content: (host) => <HostNuma host={host} />,
    },
    {
      id: 'power',
      needs: 'fence_agents.list',
      title: 'tab.power',
      content: (host) => <PowerManagement host={host} />,
    },
    {
      id: 'engine-machine',
      title: 'tab.engineMachine',
      shown: (host) => yes(host.hosted_engine?.configured),
      content: (host) => <EngineMachine host={host} />,
    },
    { id: 'luns', needs: 'host_storage.list', title: 'tab.luns', content: (host) => <HostStorage host={host} /> },
    { id: 'statistics', title: 'tab.statistics', content: (host) => <UsageTab kind="hosts" id={host.id} /> },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (host) => <PermissionsTab kind="hosts" id={host.id} />,
    },
    { id: 'events', title: 'tab.events', content: (host) => <EventsOf keep={(event) => event.host?.id === host.id} /> },
  ],
};

function General({ host }: { host: Host }) {
  const topology = host.cpu?.topology;
  const hardware = host.hardware_information;
  const running = useRunning();
  return (
    <Details
      facts={[
        ['host.detail', host.status_detail],
        ['col.address', host.address],
        ['col.cluster', host.cluster && <RefLink kind="clusters" to={host.cluster} />],
        ['col.cpu', host.cpu?.name],
        [
          'col.cpus',
          topology &&
            t('host.sockets', {
              sockets: topology.sockets ?? 1,
              cores: topology.cores ?? 1,
              threads: topology.threads ?? 1,
            }),
        ],
        ['col.cpuType', host.cpu?.type],
        ['col.memory', bytes(host.memory)],
        ['col.machines', running(host)],
        ['col.os', [host.os?.type, host.os?.version?.full_version].filter(Boolean).join(' ')],
        ['col.agent', host.version?.full_version],
        [
          'host.updates',
          host.update_available === undefined ? undefined : t(yes(host.update_available) ? 'yes' : 'no'),
        ],
        ['col.libvirt', host.libvirt_version?.full_version],
        ['host.hardware', [hardware?.manufacturer, hardware?.product_name].filter(Boolean).join(' ')],
        ['host.certificate', <Certificate key="certificate" host={host} />],
        ['host.cockpit', host.address && <Cockpit key="cockpit" host={host} />],
        ['col.comment', host.comment],
        ['col.id', host.id],
      ]}
    />
  );
}

function Nics({ host }: { host: Host }) {
  const { data, error } = useSub<HostNic>('hosts', host.id, 'nics');
  return (
    <SubTable
      title="tab.nics"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      columns={[
        { id: 'name', title: 'col.name', value: (nic) => nic.name },
        {
          id: 'status',
          title: 'col.status',
          value: (nic) => nic.status,
          cell: (nic) => <StatusLabel status={nic.status} />,
        },
        { id: 'mac', title: 'col.mac', value: (nic) => nic.mac?.address, width: 160 },
        { id: 'ip', title: 'col.ip', value: (nic) => nic.ip?.address },
        { id: 'mtu', title: 'col.mtu', value: (nic) => num(nic.mtu), cell: (nic) => nic.mtu, end: true, width: 80 },
        {
          id: 'speed',
          title: 'col.speed',
          value: (nic) => num(nic.speed),
          cell: (nic) => nic.speed && num(nic.speed) > 0 && `${num(nic.speed) / 1e6} Mbit/s`,
          end: true,
        },
        {
          id: 'network',
          title: 'col.network',
          value: (nic) => nic.network?.id,
          cell: (nic) => nic.network && <RefLink kind="networks" to={nic.network} />,
        },
      ]}
      actions={[
        {
          id: 'labels',
          needs: 'network_labels.add',
          label: 'net.labels',
          single: true,
          on: (nic) => !nic.vlan && host.status === 'up',
          dialog: ({ rows, onClose }) =>
            rows[0] && (
              <LabelsDialog
                place={`/hosts/${host.id}/nics/${rows[0].id}`}
                name={rows[0].name ?? ''}
                onClose={onClose}
              />
            ),
        },
      ]}
    />
  );
}
