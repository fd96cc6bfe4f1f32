import { Progress, ProgressMeasureLocation, Title } from '@patternfly/react-core';
import BalanceIcon from '@patternfly/react-icons/dist/esm/icons/balance-scale-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useQuery } from '@tanstack/react-query';
import { PermissionsTab } from '../access/PermissionsTab';
import { list, post, put, remove } from '../api/client';
import { queries, useList, useNames } from '../api/queries';
import {
  type Cluster,
  type DataCenter,
  type Num,
  num,
  type Quota,
  type QuotaClusterLimit,
  type QuotaStorageLimit,
  type StorageDomain,
} from '../api/types';
import { type MessageKey, t } from '../i18n';
import { Details } from '../ui/Details';
import { between, FormDialog } from '../ui/FormDialog';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';

const placeOf = (quota: Quota) => `/datacenters/${quota.data_center?.id}/quotas/${quota.id}`;
const again = () =>
  Promise.all(['list', 'item', 'sub'].map((what) => queries.invalidateQueries({ queryKey: [what, 'quotas'] })));

/** A limit of -1 is none. */
const limitOf = (value: Num | undefined) => {
  const limit = num(value);
  return limit < 0 || Number.isNaN(limit) ? undefined : limit;
};

export const quotas: Resource<Quota> = {
  kind: 'quotas',
  needs: 'quotas.list',
  icon: BalanceIcon,
  emptyText: 'quota.text',
  create: { label: 'quota.new', needs: 'quotas.add', dialog: ({ onClose }) => <Edit onClose={onClose} /> },
  useColumns: () => {
    const center = useNames('data_centers');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (quota) => quota.name,
        width: 220,
        cell: (quota) => (
          <ObjectLink kind="quotas" id={quota.id}>
            {quota.name}
          </ObjectLink>
        ),
      },
      {
        id: 'dataCenter',
        title: 'col.dataCenter',
        value: (quota) => center(quota.data_center),
        cell: (quota) => <RefLink kind="data_centers" to={quota.data_center} />,
      },
      { id: 'description', title: 'col.description', value: (quota) => quota.description, width: 320 },
      { id: 'id', title: 'col.id', value: (quota) => quota.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'edit',
      needs: 'quota.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit quota={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      needs: 'quota.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'quota.removeText' },
      run: async (quota) => {
        await remove(placeOf(quota));
        await again();
      },
    },
  ],
  tabs: [
    { id: 'limits', title: 'quota.limits', content: (quota) => <Limits quota={quota} /> },
    {
      id: 'general',
      title: 'tab.general',
      content: (quota) => (
        <Details
          facts={[
            ['col.description', quota.description],
            ['col.dataCenter', <RefLink key="center" kind="data_centers" to={quota.data_center} />],
            ['quota.clusterSoft', `${quota.cluster_soft_limit_pct} %`],
            ['quota.clusterHard', `${quota.cluster_hard_limit_pct} %`],
            ['quota.storageSoft', `${quota.storage_soft_limit_pct} %`],
            ['quota.storageHard', `${quota.storage_hard_limit_pct} %`],
            ['col.id', quota.id],
          ]}
        />
      ),
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'quota.consumers',
      content: (quota) => <PermissionsTab kind="quotas" id={quota.id} place={placeOf(quota)} />,
    },
  ],
};

/** How much of a limit is taken. */
function Taken({ used, limit, unit }: { used: Num | undefined; limit: Num | undefined; unit: string }) {
  const most = limitOf(limit);
  const taken = Math.round(num(used) * 10) / 10 || 0;
  if (most === undefined) return <>{t('quota.unlimited', { used: `${taken} ${unit}`.trim() })}</>;
  const words = t('quota.of', { used: taken, limit: `${most} ${unit}`.trim() });
  const share = most > 0 ? (taken / most) * 100 : 100;
  return (
    <Progress
      size="sm"
      value={Math.min(100, share)}
      measureLocation={ProgressMeasureLocation.outside}
      label={words}
      aria-label={words}
      {...(share > 100 && { variant: 'danger' as const })}
      {...(share > 80 && share <= 100 && { variant: 'warning' as const })}
    />
  );
}

const useLimits = <T,>(quota: Quota, sub: string) =>
  useQuery({
    queryKey: ['sub', 'quotas', quota.id, sub],
    queryFn: ({ signal }) => list<T>(`${placeOf(quota)}/${sub}`, signal),
    // What is taken changes with every machine and disk.
    staleTime: 10_000,
    refetchInterval: 30_000,
  });

const GIB = 'GiB';

function Limits({ quota }: { quota: Quota }) {
  const clusters = useLimits<QuotaClusterLimit>(quota, 'quotaclusterlimits');
  const storage = useLimits<QuotaStorageLimit>(quota, 'quotastoragelimits');
  const cluster = useNames('clusters');
  const domain = useNames('storage_domains');
  const gone = (sub: string) => ({
    id: 'remove',
    label: 'do.remove' as MessageKey,
    danger: true,
    confirm: { title: 'quota.limitRemove' as MessageKey, text: 'quota.limitRemoveText' as MessageKey },
    run: async (limit: { id: string }) => {
      await remove(`${placeOf(quota)}/${sub}/${limit.id}`);
      await again();
    },
  });
  return (
    <>
      <Title headingLevel="h2" size="lg">
        {t('quota.compute')}
      </Title>
      <SubTable
        title="quota.compute"
        rows={clusters.data}
        error={clusters.error}
        empty={<p className="bw-quiet">{t('quota.noLimit')}</p>}
        create={{
          label: 'quota.addLimit',
          needs: 'quota_cluster_limits.add',
          dialog: ({ onClose }) => <ClusterLimit quota={quota} onClose={onClose} />,
        }}
        columns={[
          {
            id: 'cluster',
            title: 'col.cluster',
            value: (limit) => (limit.cluster ? cluster(limit.cluster) : t('quota.allClusters')),
            width: 220,
          },
          {
            id: 'memory',
            title: 'col.memory',
            value: (limit) => num(limit.memory_usage),
            cell: (limit) => <Taken used={limit.memory_usage} limit={limit.memory_limit} unit={GIB} />,
            width: 320,
          },
          {
            id: 'cpus',
            title: 'col.cpus',
            value: (limit) => num(limit.vcpu_usage),
            cell: (limit) => <Taken used={limit.vcpu_usage} limit={limit.vcpu_limit} unit="" />,
            width: 320,
          },
        ]}
        actions={[gone('quotaclusterlimits')]}
      />
      <br />
      <Title headingLevel="h2" size="lg">
        {t('nav.storage')}
      </Title>
      <SubTable
        title="nav.storage"
        rows={storage.data}
        error={storage.error}
        empty={<p className="bw-quiet">{t('quota.noLimit')}</p>}
        create={{
          label: 'quota.addLimit',
          needs: 'quota_storage_limits.add',
          dialog: ({ onClose }) => <StorageLimit quota={quota} onClose={onClose} />,
        }}
        columns={[
          {
            id: 'domain',
            title: 'col.domain',
            value: (limit) => (limit.storage_domain ? domain(limit.storage_domain) : t('quota.allStorage')),
            width: 220,
          },
          {
            id: 'size',
            title: 'col.size',
            value: (limit) => num(limit.usage),
            cell: (limit) => <Taken used={limit.usage} limit={limit.limit} unit={GIB} />,
            width: 400,
          },
        ]}
        actions={[gone('quotastoragelimits')]}
      />
    </>
  );
}

const ALL = 'all';

function ClusterLimit({ quota, onClose }: { quota: Quota; onClose: () => void }) {
  const { data: clusters } = useList<Cluster>('clusters');
  if (!clusters) return null;
  return (
    <FormDialog
      title={t('quota.addLimit')}
      initial={{ cluster: ALL }}
      fields={[
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          options: [
            { value: ALL, label: t('quota.allClusters') },
            ...clusters
              .filter((cluster) => cluster.data_center?.id === quota.data_center?.id)
              .map((cluster) => ({ value: cluster.id, label: cluster.name ?? cluster.id })),
          ],
        },
        {
          name: 'memory',
          label: t('quota.memoryGib'),
          kind: 'number',
          help: t('quota.emptyHelp'),
          wrong: between(0, 1e9),
        },
        { name: 'cpus', label: t('col.cpus'), kind: 'number', help: t('quota.emptyHelp'), wrong: between(0, 1e9) },
      ]}
      submit={t('quota.addLimit')}
      onClose={onClose}
      onSubmit={async ({ cluster, memory, cpus }) => {
        await post(`${placeOf(quota)}/quotaclusterlimits`, {
          ...(cluster !== ALL && { cluster: { id: cluster } }),
          memory_limit: memory || '-1',
          vcpu_limit: cpus || '-1',
        });
        await again();
      }}
    />
  );
}

function StorageLimit({ quota, onClose }: { quota: Quota; onClose: () => void }) {
  const { data: domains } = useList<StorageDomain>('storage_domains');
  if (!domains) return null;
  return (
    <FormDialog
      title={t('quota.addLimit')}
      initial={{ domain: ALL }}
      fields={[
        {
          name: 'domain',
          label: t('col.domain'),
          kind: 'select',
          required: true,
          options: [
            { value: ALL, label: t('quota.allStorage') },
            ...domains
              .filter(({ data_centers }) => data_centers?.data_center?.some(({ id }) => id === quota.data_center?.id))
              .map((domain) => ({ value: domain.id, label: domain.name ?? domain.id })),
          ],
        },
        {
          name: 'size',
          label: t('disk.sizeGib'),
          kind: 'number',
          help: t('quota.emptyHelp'),
          wrong: between(0, 1e9),
        },
      ]}
      submit={t('quota.addLimit')}
      onClose={onClose}
      onSubmit={async ({ domain, size }) => {
        await post(`${placeOf(quota)}/quotastoragelimits`, {
          ...(domain !== ALL && { storage_domain: { id: domain } }),
          limit: size || '-1',
        });
        await again();
      }}
    />
  );
}

function Edit({ quota, onClose }: { quota?: Quota; onClose: () => void }) {
  const { data: centers } = useList<DataCenter>('data_centers');
  if (!centers) return null;
  const percent = (name: string, label: MessageKey, help: MessageKey) => ({
    name,
    label: t(label),
    kind: 'number' as const,
    required: true,
    help: t(help),
    wrong: between(0, 1_000),
  });
  return (
    <FormDialog
      title={quota ? t('vm.edit', { name: quota.name ?? '' }) : t('quota.new')}
      initial={{
        name: quota?.name ?? '',
        description: quota?.description ?? '',
        center: centers[0]?.id ?? '',
        clusterSoft: String(quota?.cluster_soft_limit_pct ?? 80),
        clusterHard: String(quota?.cluster_hard_limit_pct ?? 20),
        storageSoft: String(quota?.storage_soft_limit_pct ?? 80),
        storageHard: String(quota?.storage_hard_limit_pct ?? 20),
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        { name: 'description', label: t('col.description') },
        {
          name: 'center',
          label: t('col.dataCenter'),
          kind: 'select',
          required: true,
          shown: () => !quota,
          options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        percent('clusterSoft', 'quota.clusterSoft', 'quota.softHelp'),
        percent('clusterHard', 'quota.clusterHard', 'quota.hardHelp'),
        percent('storageSoft', 'quota.storageSoft', 'quota.softHelp'),
        percent('storageHard', 'quota.storageHard', 'quota.hardHelp'),
      ]}
      submit={t(quota ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          description: values.description,
          cluster_soft_limit_pct: values.clusterSoft,
          cluster_hard_limit_pct: values.clusterHard,
          storage_soft_limit_pct: values.storageSoft,
          storage_hard_limit_pct: values.storageHard,
        };
        await (quota ? put(placeOf(quota), body) : post(`/datacenters/${values.center}/quotas`, body));
        await again();
      }}
    />
  );
}
