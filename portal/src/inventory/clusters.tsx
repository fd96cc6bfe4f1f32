import ClusterIcon from '@patternfly/react-icons/dist/esm/icons/cluster-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { call, post, put, remove } from '../api/client';
import { useList, useNames } from '../api/queries';
import { served } from '../api/served';
import { type Cluster, type DataCenter, type Host, type MacPool, num, type SchedulingPolicy, yes } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { hosts } from '../host/hosts';
import { t } from '../i18n';
import { UsageTab } from '../statistics/Usage';
import { Details } from '../ui/Details';
import { FormDialog, named } from '../ui/FormDialog';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';
import { VmsWhere } from '../vm/VmsWhere';
import { AffinityGroups } from './AffinityGroups';
import { ClusterNetworks } from './ClusterNetworks';
import { clusterRules, clusterRulesDecided, clusterRuleValues, migrationPolicies } from './clusterRules';
import { CpuProfiles } from './Profiles';
import { propertyFields, propertyValues, usePolicyProperties } from './policies';
import { WhatIf } from './WhatIf';

/** Compatibility as people write it. */
export const version = (of: { version?: { major?: unknown; minor?: unknown } }) =>
  of.version ? `${of.version.major}.${of.version.minor}` : '';

export function MacPoolName({ id }: { id: string | undefined }) {
  const { data = [] } = useList<MacPool>('mac_pools', '', served('mac_pools.list'));
  return <>{data.find((pool) => pool.id === id)?.name}</>;
}

export const clusters: Resource<Cluster> = {
  kind: 'clusters',
  icon: ClusterIcon,
  create: { label: 'cluster.new', dialog: ({ onClose }) => <ClusterDialog onClose={onClose} /> },
  useColumns: () => {
    const center = useNames('data_centers');
    const { data: all = [] } = useList<Host>('hosts');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (cluster) => cluster.name,
        width: 200,
        cell: (cluster) => (
          <ObjectLink kind="clusters" id={cluster.id}>
            {cluster.name}
          </ObjectLink>
        ),
      },
      { id: 'dataCenter', title: 'col.dataCenter', value: (cluster) => center(cluster.data_center) },
      {
        id: 'hosts',
        title: 'tab.hosts',
        value: (cluster) => all.filter((host) => host.cluster?.id === cluster.id).length,
        end: true,
        width: 90,
      },
      { id: 'cpuType', title: 'col.cpuType', value: (cluster) => cluster.cpu?.type, width: 220 },
      { id: 'version', title: 'col.version', value: version },
      { id: 'description', title: 'col.description', value: (cluster) => cluster.description, width: 240 },
      { id: 'id', title: 'col.id', value: (cluster) => cluster.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => <ClusterDialog {...(rows[0] && { cluster: rows[0] })} onClose={onClose} />,
    },
    {
      id: 'sync-networks',
      needs: 'cluster.sync_all_networks',
      label: 'host.syncNetworks',
      confirm: { title: 'confirm.generic', text: 'host.syncText' },
      run: (cluster) => post(`/clusters/${cluster.id}/syncallnetworks`),
    },
    {
      id: 'upgrade',
      needs: 'host.upgrade',
      label: 'cluster.upgrade',
      on: (cluster) => !yes(cluster.upgrade_in_progress),
      confirm: { title: 'confirm.generic', text: 'cluster.upgradeText' },
      run: (cluster) => call(`/ovirt-engine/services/cluster-upgrades/${cluster.id}`, { method: 'POST', body: {} }),
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (cluster) => remove(`/clusters/${cluster.id}`),
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (cluster) => (
        <Details
          facts={[
            ['col.description', cluster.description],
            ['col.comment', cluster.comment],
            ['col.dataCenter', cluster.data_center && <RefLink kind="data_centers" to={cluster.data_center} />],
            ['col.cpuType', cluster.cpu?.type || t('cluster.cpuAuto')],
            ['col.version', version(cluster)],
            ['col.firmware', cluster.bios_type?.replaceAll('_', ' ')],
            ['kind.mac_pools.one', <MacPoolName key="pool" id={cluster.mac_pool?.id} />],
            [
              'col.overcommit',
              cluster.memory_policy?.over_commit?.percent && `${cluster.memory_policy.over_commit.percent} %`,
            ],
            [
              'migration.policy',
              migrationPolicies().find(({ value }) => value === cluster.migration?.policy?.id)?.label,
            ],
            ['migration.encrypted', yes(cluster.migration?.encrypted) ? t('yes') : undefined],
            ['fencing.enabled', t(yes(cluster.fencing_policy?.enabled) ? 'yes' : 'no')],
            [
              'cluster.withoutEngine',
              t(
                cluster.custom_scheduling_policy_properties?.property?.some(
                  ({ name, value }) => name === 'RestartWithoutEngine' && value === 'true',
                )
                  ? 'yes'
                  : 'no',
              ),
            ],
            [
              'cluster.upgrading',
              yes(cluster.upgrade_in_progress) ? `${num(cluster.upgrade_percent_complete)} %` : undefined,
            ],
            ['col.id', cluster.id],
          ]}
        />
      ),
    },
    { id: 'hosts', title: 'tab.hosts', content: (cluster) => <HostsOf cluster={cluster} /> },
    {
      id: 'machines',
      title: 'tab.machines',
      content: (cluster) => <VmsWhere keep={(vm) => vm.cluster?.id === cluster.id} />,
    },
    { id: 'networks', title: 'tab.networks', content: (cluster) => <ClusterNetworks cluster={cluster} /> },
    {
      id: 'affinity',
      needs: 'affinity_groups.list',
      title: 'tab.affinityGroups',
      content: (cluster) => <AffinityGroups cluster={cluster} />,
    },
    { id: 'what-if', title: 'tab.whatIf', content: (cluster) => <WhatIf cluster={cluster} /> },
    {
      id: 'cpu-profiles',
      needs: 'cpu_profiles.list',
      title: 'tab.cpuProfiles',
      content: (cluster) => <CpuProfiles cluster={cluster} />,
    },
    {
      id: 'statistics',
      title: 'tab.statistics',
      content: (cluster) => <UsageTab kind="clusters" id={cluster.id} />,
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (cluster) => <PermissionsTab kind="clusters" id={cluster.id} />,
    },
    {
      id: 'events',
      title: 'tab.events',
      content: (cluster) => <EventsOf keep={(event) => event.cluster?.id === cluster.id} />,
    },
  ],
};

function HostsOf({ cluster }: { cluster: Cluster }) {
  const { data, error } = useList<Host>('hosts');
  const columns = hosts.useColumns();
  return (
    <SubTable
      title="tab.hosts"
      rows={data?.filter((host) => host.cluster?.id === cluster.id)}
      error={error}
      columns={columns.filter((column) => column.id !== 'cluster')}
      actions={hosts.actions}
    />
  );
}

export function ClusterDialog(properties: { cluster?: Cluster; center?: string; onClose: () => void }) {
  const { cluster, center, onClose } = properties;
  const { data: centers } = useList<DataCenter>('data_centers');
  const withPools = served('mac_pools.list');
  const { data: pools = [], isPending } = useList<MacPool>('mac_pools', '', withPools);
  const scheduled = served('scheduling_policies.list');
  const { data: policies = [], isPending: waiting } = useList<SchedulingPolicy>('scheduling_policies', '', scheduled);
  const known = usePolicyProperties(scheduled);
  const own = cluster?.custom_scheduling_policy_properties?.property ?? [];
  const overcommit = String(cluster?.memory_policy?.over_commit?.percent ?? 100);
  if (!centers || (withPools && isPending) || (scheduled && (waiting || !known))) return null;
  const asked = known ?? new Map<string, string>();
  const general = t('tab.general');
  const rules = clusterRuleValues(cluster);
  return (
    <FormDialog
      title={cluster ? t('vm.edit', { name: cluster.name ?? '' }) : t('cluster.new')}
      fields={[
        { tab: general, name: 'name', label: t('col.name'), required: true, wrong: named(40) },
        {
          tab: general,
          name: 'center',
          label: t('col.dataCenter'),
          kind: 'select',
          required: true,
          shown: () => !cluster,
          options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        { tab: general, name: 'description', label: t('col.description') },
        { tab: general, name: 'comment', label: t('col.comment') },
        { tab: general, name: 'cpu', label: t('col.cpuType'), help: t('cluster.cpuAuto') },
        {
          tab: general,
          name: 'firmware',
          label: t('col.firmware'),
          kind: 'select',
          required: true,
          options: (['q35_sea_bios', 'i440fx_sea_bios', 'q35_ovmf', 'q35_secure_boot'] as const).map((value) => ({
            value,
            label: t(`firmware.${value}`),
          })),
        },
        {
          tab: general,
          name: 'pool',
          label: t('kind.mac_pools.one'),
          kind: 'select',
          required: true,
          shown: () => pools.length > 0,
          options: pools.map((pool) => ({ value: pool.id, label: pool.name ?? pool.id })),
        },
        {
          tab: general,
          name: 'policy',
          label: t('kind.scheduling_policies.one'),
          kind: 'select',
          required: cluster?.scheduling_policy !== undefined,
          shown: () => policies.length > 0,
          options: policies.map((policy) => ({ value: policy.id, label: policy.name ?? policy.id })),
        },
        {
          tab: general,
          name: 'overcommit',
          label: t('col.overcommit'),
          kind: 'select',
          required: true,
          shown: () => policies.length > 0,
          options: [...new Set(['100', '150', '200', overcommit])].map((value) => ({ value, label: `${value} %` })),
        },
        ...clusterRules(),
        ...propertyFields(asked, { tab: t('policy.properties'), help: t('cluster.propertyHelp') }),
      ]}
      initial={{
        name: cluster?.name ?? '',
        center: center ?? centers[0]?.id ?? '',
        cpu: cluster?.cpu?.type ?? '',
        description: cluster?.description ?? '',
        comment: cluster?.comment ?? '',
        firmware: cluster?.bios_type ?? 'q35_sea_bios',
        policy: cluster?.scheduling_policy?.id ?? '',
        overcommit,
        pool: cluster?.mac_pool?.id ?? pools.find((pool) => yes(pool.default_pool))?.id ?? '',
        ...rules,
        ...Object.fromEntries(own.map(({ name, value }) => [`property ${name}`, value ?? ''])),
      }}
      submit={t(cluster ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={(values) => {
        const body = {
          name: values.name,
          description: values.description,
          comment: values.comment,
          ...(values.firmware !== cluster?.bios_type && { bios_type: values.firmware }),
          ...(values.policy &&
            values.policy !== cluster?.scheduling_policy?.id && { scheduling_policy: { id: values.policy } }),
          ...(policies.length > 0 &&
            values.overcommit !== overcommit && { memory_policy: { over_commit: { percent: values.overcommit } } }),
          ...(asked.size > 0 && { custom_scheduling_policy_properties: propertyValues(asked, values) }),
          ...(values.pool && values.pool !== cluster?.mac_pool?.id && { mac_pool: { id: values.pool } }),
          ...clusterRulesDecided(rules, values),
          ...(values.cpu && values.cpu !== cluster?.cpu?.type && { cpu: { type: values.cpu } }),
        };
        return cluster
          ? put(`/clusters/${cluster.id}`, body)
          : post('/clusters', { ...body, data_center: { id: values.center } });
      }}
    />
  );
}
