import { Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import DatabaseIcon from '@patternfly/react-icons/dist/esm/icons/database-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import WrenchIcon from '@patternfly/react-icons/dist/esm/icons/wrench-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, remove } from '../api/client';
import { useList, useNames, useSub } from '../api/queries';
import { type Disk, type Named, num, type StorageDomain, yes } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { DiskProfiles } from '../inventory/Profiles';
import { UsageTab } from '../statistics/Usage';
import { Details } from '../ui/Details';
import { bytes } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { Connections } from './Connections';
import { AttachDialog, EditDomain, ExtendDomain, NewDomain, ReduceDomain, RemoveDomain } from './DomainDialogs';
import { useDiskColumns } from './disks';
import { Unregistered } from './Unregistered';

const total = (domain: StorageDomain) => num(domain.available) + num(domain.used);
const center = (domain: StorageDomain) => domain.data_centers?.data_center?.[0];
const attached = (domain: StorageDomain) => `/datacenters/${center(domain)?.id}/storagedomains/${domain.id}`;

export function Usage({ domain }: { domain: StorageDomain }) {
  const all = total(domain);
  if (!all) return null;
  const part = (num(domain.used) / all) * 100;
  return (
    <Progress
      value={part}
      size="sm"
      aria-label={t('dash.usedOf', { used: bytes(domain.used), total: bytes(all) })}
      measureLocation={ProgressMeasureLocation.outside}
      {...(part > 95 ? { variant: 'danger' as const } : part > 85 ? { variant: 'warning' as const } : {})}
    />
  );
}

export const domains: Resource<StorageDomain> = {
  kind: 'storage_domains',
  icon: DatabaseIcon,
  emptyText: 'first.storageText',
  status: (domain) => domain.status,
  create: { label: 'storage.new', dialog: ({ onClose }) => <NewDomain onClose={onClose} /> },
  useColumns: () => {
    const centers = useNames('data_centers');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (domain) => domain.name,
        width: 180,
        cell: (domain) => (
          <ObjectLink kind="storage_domains" id={domain.id}>
            {domain.name}
          </ObjectLink>
        ),
      },
      {
        id: 'status',
        title: 'col.status',
        value: (domain) => word('status', domain.status),
        cell: (domain) => <StatusLabel status={domain.status} />,
      },
      {
        id: 'type',
        title: 'col.type',
        value: (domain) => [domain.type, domain.storage?.type].filter(Boolean).join(' · '),
        width: 150,
      },
      { id: 'dataCenter', title: 'col.dataCenter', value: (domain) => centers(center(domain)) },
      {
        id: 'used',
        title: 'col.used',
        value: (domain) => num(domain.used) / total(domain),
        cell: (domain) => <Usage domain={domain} />,
        width: 180,
      },
      {
        id: 'free',
        title: 'col.free',
        value: (domain) => num(domain.available),
        cell: (domain) => bytes(domain.available),
        end: true,
        width: 110,
      },
      { id: 'total', title: 'col.total', value: total, cell: (domain) => bytes(total(domain)), end: true, width: 110 },
      {
        id: 'committed',
        title: 'col.committed',
        value: (domain) => num(domain.committed),
        cell: (domain) => bytes(domain.committed),
        end: true,
        width: 110,
      },
      {
        id: 'path',
        title: 'col.path',
        value: (domain) => [domain.storage?.address, domain.storage?.path].filter(Boolean).join(':'),
        hidden: true,
        width: 240,
      },
      { id: 'id', title: 'col.id', value: (domain) => domain.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'activate',
      label: 'do.activate',
      icon: PlayIcon,
      prominent: true,
      on: (domain) => center(domain) !== undefined && ['maintenance', 'inactive'].includes(domain.status ?? ''),
      run: (domain) => post(`${attached(domain)}/activate`),
    },
    {
      id: 'maintenance',
      label: 'do.maintenance',
      icon: WrenchIcon,
      prominent: true,
      on: (domain) => center(domain) !== undefined && domain.status === 'active',
      confirm: { title: 'confirm.maintenance', text: 'confirm.storageMaintenance' },
      run: (domain) => post(`${attached(domain)}/deactivate`),
    },
    {
      id: 'attach',
      label: 'do.attach',
      single: true,
      on: (domain) => center(domain) === undefined,
      dialog: ({ rows, onClose }) => rows[0] && <AttachDialog domain={rows[0]} onClose={onClose} />,
    },
    {
      id: 'detach',
      label: 'do.detach',
      danger: true,
      on: (domain) => center(domain) !== undefined && domain.status === 'maintenance',
      confirm: { title: 'confirm.detach', text: 'confirm.removeText' },
      run: (domain) => remove(attached(domain)),
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <EditDomain domain={rows[0]} onClose={onClose} />,
    },
    {
      id: 'extend',
      needs: 'host_storage.list',
      label: 'storage.extend',
      single: true,
      on: (domain) => domain.status === 'active' && ['iscsi', 'fcp'].includes(domain.storage?.type ?? ''),
      dialog: ({ rows, onClose }) => rows[0] && <ExtendDomain domain={rows[0]} onClose={onClose} />,
    },
    {
      id: 'reduce',
      needs: 'storage_domain.reduce_luns',
      label: 'storage.reduce',
      single: true,
      danger: true,
      on: (domain) => domain.status === 'maintenance' && ['iscsi', 'fcp'].includes(domain.storage?.type ?? ''),
      dialog: ({ rows, onClose }) => rows[0] && <ReduceDomain domain={rows[0]} onClose={onClose} />,
    },
    {
      id: 'luns',
      needs: 'storage_domain.refresh_luns',
      label: 'storage.refreshLuns',
      on: (domain) => domain.status === 'active' && ['iscsi', 'fcp'].includes(domain.storage?.type ?? ''),
      run: (domain) => post(`/storagedomains/${domain.id}/refreshluns`),
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      single: true,
      on: (domain) => center(domain) === undefined,
      dialog: ({ rows, onClose }) => rows[0] && <RemoveDomain domain={rows[0]} onClose={onClose} />,
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (domain) => (
        <Details
          facts={[
            ['col.description', domain.description],
            ['col.type', domain.type],
            ['col.storageType', domain.storage?.type],
            ['col.address', domain.storage?.address],
            ['col.path', domain.storage?.path],
            ['storage.options', domain.storage?.mount_options],
            [
              'tab.luns',
              domain.storage?.volume_group?.logical_units?.logical_unit
                ?.map(({ id, size }) => `${id} (${bytes(size)})`)
                .join(', '),
            ],
            ['col.dataCenter', center(domain) && <RefLink kind="data_centers" to={center(domain)} />],
            ['col.master', t(yes(domain.master) ? 'yes' : 'no')],
            ['col.total', bytes(total(domain))],
            ['col.free', bytes(domain.available)],
            ['col.committed', bytes(domain.committed)],
            ['col.format', domain.storage_format],
            ['col.id', domain.id],
          ]}
        />
      ),
    },
    { id: 'disks', title: 'tab.disks', content: (domain) => <DisksOf domain={domain} /> },
    {
      id: 'machines',
      needs: 'storage_domain_vms.list',
      title: 'tab.machines',
      content: (domain) => <On domain={domain} kind="vms" />,
    },
    {
      id: 'templates',
      needs: 'storage_domain_templates.list',
      title: 'tab.templates',
      content: (domain) => <On domain={domain} kind="templates" />,
    },
    {
      id: 'snapshots',
      needs: 'disk_snapshots.list',
      title: 'tab.diskSnapshots',
      content: (domain) => <SnapshotsOn domain={domain} />,
    },
    {
      id: 'import',
      needs: 'storage_domain_vm.register',
      title: 'tab.unregistered',
      shown: (domain) => domain.status === 'active' && domain.type === 'data',
      content: (domain) => <Unregistered domain={domain} />,
    },
    {
      id: 'profiles',
      needs: 'disk_profiles.list',
      title: 'tab.diskProfiles',
      content: (domain) => <DiskProfiles domain={domain} />,
    },
    {
      id: 'connections',
      needs: 'storage_domain_server_connections.list',
      title: 'tab.connections',
      content: (domain) => <Connections domain={domain} />,
    },
    {
      id: 'statistics',
      title: 'tab.statistics',
      content: (domain) => <UsageTab kind="storagedomains" id={domain.id} />,
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (domain) => <PermissionsTab kind="storage_domains" id={domain.id} />,
    },
    {
      id: 'events',
      title: 'tab.events',
      content: (domain) => <EventsOf keep={(event) => event.storage_domain?.id === domain.id} />,
    },
  ],
};

/** The states of disks that snapshots keep on the domain. */
function SnapshotsOn({ domain }: { domain: StorageDomain }) {
  const { data, error } = useSub<Disk>('storage_domains', domain.id, 'disksnapshots');
  return (
    <SubTable
      title="tab.diskSnapshots"
      rows={data}
      error={error}
      columns={[
        { id: 'name', title: 'kind.disks.one', value: (disk) => disk.alias ?? disk.name, width: 220 },
        { id: 'description', title: 'col.description', value: (disk) => disk.description, width: 240 },
        {
          id: 'size',
          title: 'col.actual',
          value: (disk) => num(disk.actual_size),
          cell: (disk) => bytes(disk.actual_size),
          end: true,
          width: 120,
        },
        { id: 'format', title: 'col.format', value: (disk) => disk.format, width: 90 },
        { id: 'id', title: 'col.id', value: (disk) => disk.id, width: 300 },
      ]}
    />
  );
}

/** The machines or templates with disks on the domain. */
function On({ domain, kind }: { domain: StorageDomain; kind: 'vms' | 'templates' }) {
  const { data, error } = useSub<Named>('storage_domains', domain.id, kind);
  return (
    <SubTable
      title={`kind.${kind}`}
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (each) => each.name,
          width: 240,
          cell: (each) => (
            <ObjectLink kind={kind} id={each.id}>
              {each.name}
            </ObjectLink>
          ),
        },
        { id: 'description', title: 'col.description', value: (each) => each.description, width: 320 },
      ]}
    />
  );
}

function DisksOf({ domain }: { domain: StorageDomain }) {
  const { data, error } = useList<Disk>('disks');
  const columns = useDiskColumns();
  return (
    <SubTable
      title="tab.disks"
      rows={data?.filter((disk) => disk.storage_domains?.storage_domain?.some(({ id }) => id === domain.id))}
      error={error}
      columns={columns.filter((column) => column.id !== 'domain')}
      sort={{ column: 'name', down: false }}
    />
  );
}
