import BuildingIcon from '@patternfly/react-icons/dist/esm/icons/building-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, put, remove } from '../api/client';
import { useList } from '../api/queries';
import { served } from '../api/served';
import { type Cluster, type DataCenter, type Network, type Quota, type StorageDomain, yes } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { networks } from '../network/networks';
import { domains } from '../storage/domains';
import { Details } from '../ui/Details';
import { FormDialog, named } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { ClusterDialog, clusters, MacPoolName, version } from './clusters';
import { QosTab } from './QosTab';
import { quotas } from './quotas';

export const dataCenters: Resource<DataCenter> = {
  kind: 'data_centers',
  icon: BuildingIcon,
  status: (center) => center.status,
  create: { label: 'dc.new', dialog: ({ onClose }) => <CenterDialog onClose={onClose} /> },
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (center) => center.name,
      width: 200,
      cell: (center) => (
        <ObjectLink kind="data_centers" id={center.id}>
          {center.name}
        </ObjectLink>
      ),
    },
    {
      id: 'status',
      title: 'col.status',
      value: (center) => word('status', center.status),
      cell: (center) => <StatusLabel status={center.status} />,
    },
    {
      id: 'type',
      title: 'col.storageType',
      value: (center) => t(yes(center.local) ? 'dc.local' : 'dc.shared'),
      width: 180,
    },
    { id: 'version', title: 'col.version', value: version },
    { id: 'description', title: 'col.description', value: (center) => center.description, width: 260 },
    { id: 'id', title: 'col.id', value: (center) => center.id, hidden: true, width: 300 },
  ],
  actions: [
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => <CenterDialog {...(rows[0] && { center: rows[0] })} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (center) => remove(`/datacenters/${center.id}`),
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (center) => (
        <Details
          facts={[
            ['col.description', center.description],
            ['col.comment', center.comment],
            ['col.storageType', t(yes(center.local) ? 'dc.local' : 'dc.shared')],
            ['col.version', version(center)],
            ['col.format', center.storage_format],
            ['quota.mode', center.quota_mode && word('quotaMode', center.quota_mode)],
            ['kind.mac_pools.one', <MacPoolName key="pool" id={center.mac_pool?.id} />],
            ['col.id', center.id],
          ]}
        />
      ),
    },
    { id: 'storage', title: 'tab.storage', content: (center) => <StorageOf center={center} /> },
    { id: 'clusters', title: 'tab.clusters', content: (center) => <ClustersOf center={center} /> },
    { id: 'networks', title: 'tab.networks', content: (center) => <NetworksOf center={center} /> },
    {
      id: 'quotas',
      needs: 'quotas.list',
      title: 'kind.quotas',
      content: (center) => <QuotasOf center={center} />,
    },
    { id: 'qos', needs: 'qoss.list', title: 'qos.qos', content: (center) => <QosTab center={center} /> },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (center) => <PermissionsTab kind="data_centers" id={center.id} />,
    },
    {
      id: 'events',
      title: 'tab.events',
      content: (center) => <EventsOf keep={(event) => event.data_center?.id === center.id} />,
    },
  ],
};

function StorageOf({ center }: { center: DataCenter }) {
  const { data, error } = useList<StorageDomain>('storage_domains');
  const columns = domains.useColumns();
  return (
    <SubTable
      title="tab.storage"
      rows={data?.filter((domain) => domain.data_centers?.data_center?.some(({ id }) => id === center.id))}
      error={error}
      columns={columns.filter((column) => column.id !== 'dataCenter')}
      actions={domains.actions}
      create={domains.create as NonNullable<typeof domains.create>}
    />
  );
}

function ClustersOf({ center }: { center: DataCenter }) {
  const { data, error } = useList<Cluster>('clusters');
  const columns = clusters.useColumns();
  return (
    <SubTable
      title="tab.clusters"
      rows={data?.filter((cluster) => cluster.data_center?.id === center.id)}
      error={error}
      columns={columns.filter((column) => column.id !== 'dataCenter')}
      actions={clusters.actions}
      create={{ label: 'cluster.new', dialog: ({ onClose }) => <ClusterDialog center={center.id} onClose={onClose} /> }}
    />
  );
}

function NetworksOf({ center }: { center: DataCenter }) {
  const { data, error } = useList<Network>('networks');
  const columns = networks.useColumns();
  return (
    <SubTable
      title="tab.networks"
      rows={data?.filter((network) => network.data_center?.id === center.id)}
      error={error}
      columns={columns.filter((column) => column.id !== 'dataCenter')}
      actions={networks.actions}
      create={networks.create as NonNullable<typeof networks.create>}
    />
  );
}

function QuotasOf({ center }: { center: DataCenter }) {
  const { data, error } = useList<Quota>('quotas');
  const columns = quotas.useColumns();
  return (
    <SubTable
      title="kind.quotas"
      rows={data?.filter((quota) => quota.data_center?.id === center.id)}
      error={error}
      columns={columns.filter((column) => column.id !== 'dataCenter')}
      actions={quotas.actions}
      create={quotas.create as NonNullable<typeof quotas.create>}
    />
  );
}

function CenterDialog({ center, onClose }: { center?: DataCenter; onClose: () => void }) {
  return (
    <FormDialog
      title={center ? t('vm.edit', { name: center.name ?? '' }) : t('dc.new')}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(40) },
        { name: 'description', label: t('col.description') },
        { name: 'comment', label: t('col.comment') },
        { name: 'local', label: t('dc.local'), kind: 'switch', shown: () => !center },
        {
          name: 'quota',
          label: t('quota.mode'),
          kind: 'select',
          required: true,
          help: t('quota.modeHelp'),
          shown: () => served('quotas.list'),
          options: (['disabled', 'audit', 'enabled'] as const).map((value) => ({
            value,
            label: t(`quotaMode.${value}`),
          })),
        },
      ]}
      initial={{
        name: center?.name ?? '',
        description: center?.description ?? '',
        comment: center?.comment ?? '',
        quota: center?.quota_mode ?? 'disabled',
      }}
      submit={t(center ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={(values) => {
        const body = {
          name: values.name,
          description: values.description,
          comment: values.comment,
          ...(served('quotas.list') && { quota_mode: values.quota }),
        };
        return center
          ? put(`/datacenters/${center.id}`, body)
          : post('/datacenters', { ...body, local: values.local === 'true' });
      }}
    />
  );
}
