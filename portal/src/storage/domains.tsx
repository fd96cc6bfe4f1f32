import { Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import DatabaseIcon from '@patternfly/react-icons/dist/esm/icons/database-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import WrenchIcon from '@patternfly/react-icons/dist/esm/icons/wrench-icon';
import { useState } from 'react';
import { PermissionsTab } from '../access/PermissionsTab';
import { ApiError, post, put, remove } from '../api/client';
import { useList, useNames, useSub } from '../api/queries';
import { served } from '../api/served';
import { type DataCenter, type Disk, type Host, type Named, num, type StorageDomain, yes } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { DiskProfiles } from '../inventory/Profiles';
import { UsageTab } from '../statistics/Usage';
import { Details } from '../ui/Details';
import { between, type Field, FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { Connections } from './Connections';
import { useDiskColumns } from './disks';
import { type LogicalUnit, SanPicker } from './San';
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

const upHosts = (hosts: readonly Host[]) =>
  hosts.filter((host) => host.status === 'up').map((host) => ({ value: host.id, label: host.name ?? host.id }));

function NewDomain({ onClose }: { onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  const { data: centers } = useList<DataCenter>('data_centers');
  const [chosen, setChosen] = useState<ReadonlyMap<string, LogicalUnit>>(new Map());
  if (!hosts || !centers) return null;
  const san = (all: Record<string, string>) => all.type === 'iscsi' || all.type === 'fcp';
  const iscsi = (all: Record<string, string>) => all.type === 'iscsi';
  const types = [
    ...(['nfs', 'glusterfs', 'posixfs', 'localfs'] as const),
    ...(served('host_storage.list') ? (['iscsi', 'fcp'] as const) : []),
  ];
  const remote = (all: Record<string, string>) => all.type === 'nfs' || all.type === 'glusterfs';
  const fields: Field[] = [
    { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
    {
      name: 'type',
      label: t('col.storageType'),
      kind: 'select',
      required: true,
      options: types.map((value) => ({ value, label: t(`storage.${value}`) })),
    },
    {
      name: 'address',
      label: t('col.address'),
      required: true,
      shown: (all) => remote(all) || iscsi(all),
      help: t('field.address'),
    },
    { name: 'port', label: t('san.port'), kind: 'number', shown: iscsi, wrong: between(1, 65_535) },
    { name: 'user', label: t('san.user'), shown: iscsi, help: t('san.userHelp') },
    { name: 'password', label: t('login.password'), kind: 'password', shown: (all) => iscsi(all) && Boolean(all.user) },
    {
      name: 'path',
      label: t('col.path'),
      required: true,
      help: t('field.path'),
      shown: (all) => !san(all),
      wrong: (value) => (value.startsWith('/') ? undefined : t('field.path')),
    },
    { name: 'vfs', label: t('storage.vfs'), required: true, shown: (all) => all.type === 'posixfs' },
    { name: 'options', label: t('storage.options'), shown: (all) => all.type !== 'localfs' && !san(all) },
    {
      name: 'existing',
      label: t('storage.existing'),
      kind: 'switch',
      help: t('storage.existingHelp'),
      shown: (all) => !san(all),
    },
    { name: 'host', label: t('storage.through'), kind: 'select', required: true, options: upHosts(hosts) },
    {
      name: 'center',
      label: t('storage.attachTo'),
      kind: 'select',
      options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
    },
  ];
  return (
    <FormDialog
      title={t('storage.new')}
      fields={fields}
      initial={{ type: 'nfs', port: '3260', host: upHosts(hosts)[0]?.value ?? '', center: centers[0]?.id ?? '' }}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const vfs = values.type === 'posixfs' ? values.vfs : values.type === 'glusterfs' ? 'glusterfs' : undefined;
        if (san(values) && chosen.size === 0) throw new ApiError(0, '', t('san.choose'), '');
        const made = await post<StorageDomain>('/storagedomains', {
          name: values.name,
          type: 'data',
          ...(values.existing === 'true' && !san(values) && { import: true }),
          host: { id: values.host },
          storage: {
            type: values.type,
            ...(san(values)
              ? {
                  logical_units: {
                    logical_unit: [...chosen.values()].map(({ id, address, port, target }) => ({
                      id,
                      ...(target && { address, port, target }),
                    })),
                  },
                }
              : { path: values.path }),
            ...(remote(values) && { address: values.address }),
            ...(vfs && { vfs_type: vfs }),
            ...(values.options && values.type !== 'localfs' && !san(values) && { mount_options: values.options }),
          },
        });
        if (values.center) await post(`/datacenters/${values.center}/storagedomains`, { id: made.id });
      }}
    >
      {(values) => san(values) && <SanPicker key={values.type} values={values} chosen={chosen} onChoose={setChosen} />}
    </FormDialog>
  );
}

function AttachDialog({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const { data: centers = [] } = useList<DataCenter>('data_centers');
  return (
    <FormDialog
      title={`${t('do.attach')}: ${domain.name}`}
      fields={[
        {
          name: 'center',
          label: t('storage.attachTo'),
          kind: 'select',
          required: true,
          options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
      ]}
      initial={{ center: centers[0]?.id ?? '' }}
      submit={t('do.attach')}
      onClose={onClose}
      onSubmit={({ center: chosen }) => post(`/datacenters/${chosen}/storagedomains`, { id: domain.id })}
    />
  );
}

function EditDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  return (
    <FormDialog
      title={t('storage.edit', { name: domain.name ?? '' })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        { name: 'description', label: t('col.description') },
        { name: 'comment', label: t('col.comment') },
        {
          name: 'warning',
          label: t('storage.warning'),
          kind: 'number',
          required: true,
          help: t('storage.warningHelp'),
          wrong: between(0, 100),
        },
        {
          name: 'critical',
          label: t('storage.critical'),
          kind: 'number',
          required: true,
          help: t('storage.criticalHelp'),
          wrong: between(0, 1_000_000),
        },
        { name: 'wipe', label: t('disk.wipe'), kind: 'switch', help: t('disk.wipeHelp') },
      ]}
      initial={{
        name: domain.name ?? '',
        description: domain.description ?? '',
        comment: domain.comment ?? '',
        warning: String(domain.warning_low_space_indicator ?? 10),
        critical: String(domain.critical_space_action_blocker ?? 5),
        wipe: yes(domain.wipe_after_delete) ? 'true' : '',
      }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, description, comment, warning, critical, wipe }) =>
        put(`/storagedomains/${domain.id}`, {
          ...(name !== domain.name && { name }),
          description,
          comment,
          warning_low_space_indicator: warning,
          critical_space_action_blocker: critical,
          wipe_after_delete: wipe === 'true',
        })
      }
    />
  );
}

function RemoveDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const { data: hosts = [] } = useList<Host>('hosts');
  return (
    <FormDialog
      danger
      title={t('confirm.remove', { what: domain.name ?? '' })}
      fields={[
        {
          name: 'host',
          label: t('storage.removeHost'),
          kind: 'select',
          required: true,
          shown: (all) => all.destroy !== 'true',
          options: upHosts(hosts),
        },
        { name: 'format', label: t('storage.format'), kind: 'switch', shown: (all) => all.destroy !== 'true' },
        { name: 'destroy', label: t('storage.destroy'), kind: 'switch', help: t('storage.destroyHelp') },
      ]}
      initial={{ host: upHosts(hosts)[0]?.value ?? '' }}
      submit={t('do.remove')}
      onClose={onClose}
      onSubmit={({ host, format, destroy }) =>
        remove(
          `/storagedomains/${domain.id}?${
            destroy === 'true' ? 'destroy=true' : `host=${host}&format=${format === 'true'}`
          }`,
        )
      }
    />
  );
}
