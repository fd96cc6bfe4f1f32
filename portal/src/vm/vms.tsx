import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import CloneIcon from '@patternfly/react-icons/dist/esm/icons/clone-icon';
import CompactDiscIcon from '@patternfly/react-icons/dist/esm/icons/compact-disc-icon';
import CubeIcon from '@patternfly/react-icons/dist/esm/icons/cube-icon';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import FileExportIcon from '@patternfly/react-icons/dist/esm/icons/file-export-icon';
import MigrationIcon from '@patternfly/react-icons/dist/esm/icons/migration-icon';
import PauseIcon from '@patternfly/react-icons/dist/esm/icons/pause-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import PowerOffIcon from '@patternfly/react-icons/dist/esm/icons/power-off-icon';
import QuestionCircleIcon from '@patternfly/react-icons/dist/esm/icons/question-circle-icon';
import RedoIcon from '@patternfly/react-icons/dist/esm/icons/redo-icon';
import StopIcon from '@patternfly/react-icons/dist/esm/icons/stop-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, remove } from '../api/client';
import { useNames } from '../api/queries';
import { num, type Vm, yes } from '../api/types';
import { ConsoleTab } from '../console/ConsoleTab';
import { EventsOf } from '../event/EventsOf';
import { VmHostDevices } from '../host/Devices';
import { t, word } from '../i18n';
import { labelling } from '../inventory/labelling';
import { tagging } from '../inventory/tags';
import { UsageTab } from '../statistics/Usage';
import type { Column } from '../ui/DataTable';
import { Details } from '../ui/Details';
import { bytes, since, time } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Action, Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { CloneDialog, ExportDialog, ImportDialog } from './Archives';
import { GuestTab } from './GuestTab';
import { initializationTold } from './Initialization';
import { CdDialog, RunOnceDialog } from './RunOnce';
import { VmBackups } from './VmBackups';
import { MigrateDialog, NewVmDialog, TemplateDialog } from './VmDialogs';
import { VmDisks } from './VmDisks';
import { VmDialog } from './VmEdit';
import { VmNics } from './VmNics';
import { VmNuma } from './VmNuma';
import { VmSchedules } from './VmSchedules';
import { VmSnapshots } from './VmSnapshots';
import { WhyHere } from './WhyHere';

export const cpus = (vm: Pick<Vm, 'cpu'>): number => {
  const { sockets = 1, cores = 1, threads = 1 } = vm.cpu?.topology ?? {};
  return num(sockets) * num(cores) * num(threads);
};

const down = (vm: Vm) => vm.status === 'down';
const runs = (vm: Vm) => vm.status === 'up';
const alive = (vm: Vm) => !down(vm) && vm.status !== 'image_locked';

export const power: readonly Action<Vm>[] = [
  {
    id: 'start',
    label: 'do.start',
    icon: PlayIcon,
    prominent: true,
    on: (vm) => down(vm) || vm.status === 'paused' || vm.status === 'suspended',
    run: (vm) => post(`/vms/${vm.id}/start`),
  },
  {
    id: 'shutdown',
    label: 'do.shutdown',
    icon: PowerOffIcon,
    prominent: true,
    on: runs,
    run: (vm) => post(`/vms/${vm.id}/shutdown`),
  },
  { id: 'reboot', label: 'do.reboot', icon: RedoIcon, on: runs, run: (vm) => post(`/vms/${vm.id}/reboot`) },
  {
    id: 'reset',
    label: 'do.reset',
    icon: RedoIcon,
    on: runs,
    danger: true,
    confirm: { title: 'confirm.reset', text: 'confirm.resetText' },
    run: (vm) => post(`/vms/${vm.id}/reset`),
  },
  {
    id: 'suspend',
    needs: 'vm.suspend',
    label: 'do.suspend',
    icon: PauseIcon,
    on: runs,
    run: (vm) => post(`/vms/${vm.id}/suspend`),
  },
  {
    id: 'stop',
    label: 'do.stop',
    icon: StopIcon,
    danger: true,
    on: alive,
    confirm: { title: 'confirm.stop', text: 'confirm.stopText' },
    run: (vm) => post(`/vms/${vm.id}/stop`),
  },
];

export const edit: Action<Vm> = {
  id: 'edit',
  label: 'do.edit',
  icon: PencilIcon,
  single: true,
  dialog: ({ rows, onClose }) => rows[0] && <VmDialog vm={rows[0]} onClose={onClose} />,
};

export const changeCd: Action<Vm> = {
  id: 'cd',
  needs: 'vm_cdrom.update',
  label: 'do.changeCd',
  icon: CompactDiscIcon,
  single: true,
  dialog: ({ rows, onClose }) => rows[0] && <CdDialog vm={rows[0]} onClose={onClose} />,
};

const runOnce: Action<Vm> = {
  id: 'run-once',
  needs: 'vm_cdrom.update',
  label: 'do.runOnce',
  icon: PlayIcon,
  single: true,
  on: down,
  dialog: ({ rows, onClose }) => rows[0] && <RunOnceDialog vm={rows[0]} onClose={onClose} />,
};

export const removeVm: Action<Vm> = {
  id: 'remove',
  label: 'do.remove',
  icon: TrashIcon,
  danger: true,
  on: down,
  confirm: { title: 'confirm.remove', text: 'confirm.removeVm' },
  run: (vm) => remove(`/vms/${vm.id}`),
};

const actions: readonly Action<Vm>[] = [
  ...power,
  {
    id: 'migrate',
    label: 'do.migrate',
    icon: MigrationIcon,
    prominent: true,
    on: runs,
    dialog: ({ rows, onClose }) => <MigrateDialog vms={rows} onClose={onClose} />,
  },
  {
    id: 'cancel-migration',
    label: 'do.cancelMigration',
    icon: BanIcon,
    on: (vm) => vm.status === 'migrating',
    run: (vm) => post(`/vms/${vm.id}/cancelmigration`),
  },
  {
    id: 'why',
    label: 'do.why',
    icon: QuestionCircleIcon,
    single: true,
    dialog: ({ rows, onClose }) => rows[0] && <WhyHere vm={rows[0]} onClose={onClose} />,
  },
  edit,
  tagging('vms'),
  labelling('vms'),
  runOnce,
  changeCd,
  {
    id: 'clone',
    needs: 'vm.clone',
    label: 'do.clone',
    icon: CloneIcon,
    single: true,
    on: down,
    dialog: ({ rows, onClose }) => rows[0] && <CloneDialog vm={rows[0]} onClose={onClose} />,
  },
  {
    id: 'export',
    needs: 'vm.export',
    label: 'do.export',
    icon: FileExportIcon,
    single: true,
    on: down,
    dialog: ({ rows, onClose }) => rows[0] && <ExportDialog kind="vms" row={rows[0]} onClose={onClose} />,
  },
  {
    id: 'detach-pool',
    needs: 'vm.detach',
    label: 'pool.detach',
    on: (vm) => down(vm) && vm.vm_pool !== undefined,
    run: (vm) => post(`/vms/${vm.id}/detach`),
  },
  {
    id: 'template',
    label: 'do.template',
    icon: CubeIcon,
    single: true,
    on: down,
    dialog: ({ rows, onClose }) => rows[0] && <TemplateDialog vm={rows[0]} onClose={onClose} />,
  },
  removeVm,
];

export function useVmColumns(): Column<Vm>[] {
  const cluster = useNames('clusters');
  const host = useNames('hosts');
  const template = useNames('templates');
  return [
    {
      id: 'name',
      title: 'col.name',
      value: (vm) => vm.name,
      width: 160,
      cell: (vm) => (
        <ObjectLink kind="vms" id={vm.id}>
          {vm.name}
        </ObjectLink>
      ),
    },
    {
      id: 'status',
      title: 'col.status',
      value: (vm) => word('status', vm.status),
      width: 130,
      cell: (vm) => <StatusLabel status={vm.status} />,
    },
    {
      id: 'host',
      title: 'col.host',
      value: (vm) => host(vm.host),
      cell: (vm) => vm.host && <RefLink kind="hosts" to={vm.host} />,
    },
    { id: 'cluster', title: 'col.cluster', value: (vm) => cluster(vm.cluster) },
    { id: 'template', title: 'col.template', value: (vm) => template(vm.template) },
    {
      id: 'memory',
      title: 'col.memory',
      value: (vm) => num(vm.memory),
      cell: (vm) => bytes(vm.memory),
      width: 110,
      end: true,
    },
    { id: 'cpus', title: 'col.cpus', value: cpus, width: 80, end: true },
    {
      id: 'uptime',
      title: 'col.uptime',
      value: (vm) => (alive(vm) && vm.start_time ? -num(vm.start_time) : undefined),
      cell: (vm) => alive(vm) && since(vm.start_time),
      width: 100,
    },
    { id: 'fqdn', title: 'col.fqdn', value: (vm) => vm.fqdn },
    { id: 'description', title: 'col.description', value: (vm) => vm.description, hidden: true },
    { id: 'comment', title: 'col.comment', value: (vm) => vm.comment, hidden: true },
    {
      id: 'created',
      title: 'col.created',
      value: (vm) => num(vm.creation_time),
      cell: (vm) => time(vm.creation_time),
      width: 216,
      hidden: true,
    },
    { id: 'id', title: 'col.id', value: (vm) => vm.id, width: 300, hidden: true },
  ];
}

export function VmGeneral({ vm }: { vm: Vm }) {
  return (
    <Details
      facts={[
        ['col.description', vm.description],
        ['col.comment', vm.comment],
        ['col.cluster', vm.cluster && <RefLink kind="clusters" to={vm.cluster} />],
        ['col.host', vm.host && <RefLink kind="hosts" to={vm.host} />],
        ['col.template', vm.template && <RefLink kind="templates" to={vm.template} />],
        ['col.memory', bytes(vm.memory)],
        ['col.guaranteed', bytes(vm.memory_policy?.guaranteed)],
        ['col.cpus', `${cpus(vm)}`],
        ['col.os', vm.guest_operating_system?.distribution ?? vm.os?.type],
        ['col.vmType', word('vm', vm.type)],
        ['col.firmware', vm.bios?.type?.replaceAll('_', ' ')],
        ['col.boot', vm.os?.boot?.devices?.device?.join(', ')],
        ['tab.initialRun', initializationTold(vm)],
        ['col.ha', vm.high_availability && t(yes(vm.high_availability.enabled) ? 'yes' : 'no')],
        ['vm.lease', vm.lease?.storage_domain && <RefLink kind="storage_domains" to={vm.lease.storage_domain} />],
        ['col.uptime', vm.status !== 'down' ? since(vm.start_time) : undefined],
        ['col.stopReason', vm.status === 'down' ? vm.stop_reason : undefined],
        ['col.created', time(vm.creation_time)],
        ['col.id', vm.id],
      ]}
    />
  );
}

export const vms: Resource<Vm> = {
  kind: 'vms',
  icon: DesktopIcon,
  useColumns: useVmColumns,
  actions,
  create: { label: 'vm.new', dialog: ({ onClose }) => <NewVmDialog onClose={onClose} /> },
  extras: [
    {
      label: 'do.import',
      needs: 'external_vm_imports.add',
      dialog: ({ onClose }) => <ImportDialog onClose={onClose} />,
    },
  ],
  status: (vm) => vm.status,
  tabs: [
    { id: 'general', title: 'tab.general', content: (vm) => <VmGeneral vm={vm} /> },
    {
      id: 'console',
      needs: 'vm_graphics_console.ticket',
      title: 'tab.console',
      content: (vm) => <ConsoleTab vm={vm} />,
    },
    { id: 'disks', title: 'tab.disks', content: (vm) => <VmDisks vm={vm} /> },
    { id: 'nics', title: 'tab.nics', content: (vm) => <VmNics vm={vm} /> },
    { id: 'snapshots', needs: 'snapshots.add', title: 'tab.snapshots', content: (vm) => <VmSnapshots vm={vm} /> },
    { id: 'backups', needs: 'vm_backups.list', title: 'tab.backups', content: (vm) => <VmBackups vm={vm} /> },
    // Schedules stand beside the API, in engines that give devices of hosts too.
    {
      id: 'schedules',
      needs: 'vm_host_devices.list',
      title: 'tab.schedules',
      content: (vm) => <VmSchedules vm={vm} />,
    },
    { id: 'numa', needs: 'vm_numa_nodes.list', title: 'tab.numa', content: (vm) => <VmNuma vm={vm} /> },
    {
      id: 'devices',
      needs: 'vm_host_devices.list',
      title: 'tab.devices',
      content: (vm) => <VmHostDevices vm={vm} />,
    },
    { id: 'statistics', title: 'tab.statistics', content: (vm) => <UsageTab kind="vms" id={vm.id} /> },
    { id: 'guest', title: 'tab.guest', content: (vm) => <GuestTab vm={vm} /> },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (vm) => <PermissionsTab kind="vms" id={vm.id} />,
    },
    { id: 'events', title: 'tab.events', content: (vm) => <EventsOf keep={(event) => event.vm?.id === vm.id} /> },
  ],
};
