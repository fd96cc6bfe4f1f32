import NetworkIcon from '@patternfly/react-icons/dist/esm/icons/network-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TagIcon from '@patternfly/react-icons/dist/esm/icons/tag-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useQuery } from '@tanstack/react-query';
import { PermissionsTab } from '../access/PermissionsTab';
import { list, post, put, remove } from '../api/client';
import { useList, useNames } from '../api/queries';
import { type Cluster, type DataCenter, type Network, num, type Vm, type VnicProfile, yes } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { between, FormDialog, named } from '../ui/FormDialog';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { power, useVmColumns } from '../vm/vms';
import { LabelsDialog } from './Labels';
import { ProfileDialog, profileActions } from './profiles';

export const networks: Resource<Network> = {
  kind: 'networks',
  icon: NetworkIcon,
  create: { label: 'network.new', dialog: ({ onClose }) => <NetworkDialog onClose={onClose} /> },
  useColumns: () => {
    const center = useNames('data_centers');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (network) => network.name,
        width: 180,
        cell: (network) => (
          <ObjectLink kind="networks" id={network.id}>
            {network.name}
          </ObjectLink>
        ),
      },
      { id: 'dataCenter', title: 'col.dataCenter', value: (network) => center(network.data_center) },
      {
        id: 'vlan',
        title: 'col.vlan',
        value: (network) => num(network.vlan?.id),
        cell: (network) => network.vlan?.id,
        end: true,
        width: 90,
      },
      {
        id: 'mtu',
        title: 'col.mtu',
        value: (network) => num(network.mtu),
        cell: (network) => (num(network.mtu) ? network.mtu : ''),
        end: true,
        width: 90,
      },
      { id: 'usage', title: 'col.usage', value: (network) => network.usages?.usage?.join(', '), width: 200 },
      { id: 'description', title: 'col.description', value: (network) => network.description, width: 220 },
      { id: 'id', title: 'col.id', value: (network) => network.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => <NetworkDialog {...(rows[0] && { network: rows[0] })} onClose={onClose} />,
    },
    {
      id: 'labels',
      needs: 'network_labels.add',
      label: 'net.labels',
      icon: TagIcon,
      single: true,
      dialog: ({ rows, onClose }) =>
        rows[0] && (
          <LabelsDialog place={`/networks/${rows[0].id}`} name={rows[0].name ?? ''} most={1} onClose={onClose} />
        ),
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (network) => network.name !== 'ovirtmgmt',
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (network) => remove(`/networks/${network.id}`),
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (network) => (
        <Details
          facts={[
            ['col.description', network.description],
            ['col.dataCenter', network.data_center && <RefLink kind="data_centers" to={network.data_center} />],
            ['col.vlan', network.vlan?.id],
            ['col.mtu', num(network.mtu) ? network.mtu : undefined],
            ['col.usage', network.usages?.usage?.join(', ')],
            ['network.dns', network.dns_resolver_configuration?.name_servers?.name_server?.join(', ')],
            ['network.stp', t(yes(network.stp) ? 'yes' : 'no')],
            ['network.isolation', t(yes(network.port_isolation) ? 'yes' : 'no')],
            ['col.id', network.id],
          ]}
        />
      ),
    },
    { id: 'profiles', title: 'tab.profiles', content: (network) => <ProfilesOf network={network} /> },
    { id: 'clusters', title: 'tab.clusters', content: (network) => <ClustersOf network={network} /> },
    { id: 'machines', title: 'tab.machines', content: (network) => <MachinesOf network={network} /> },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (network) => <PermissionsTab kind="networks" id={network.id} />,
    },
  ],
};

function NetworkDialog({ network, onClose }: { network?: Network; onClose: () => void }) {
  const { data: centers } = useList<DataCenter>('data_centers');
  if (!centers) return null;
  return (
    <FormDialog
      title={network ? t('vm.edit', { name: network.name ?? '' }) : t('network.new')}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        {
          name: 'center',
          label: t('col.dataCenter'),
          kind: 'select',
          required: true,
          shown: () => !network,
          options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        { name: 'vlan', label: t('col.vlan'), kind: 'number', help: t('network.vlanHelp'), wrong: between(1, 4094) },
        { name: 'mtu', label: t('col.mtu'), kind: 'number', wrong: between(68, 65535) },
        { name: 'vm', label: t('network.vmNetwork'), kind: 'switch' },
        {
          name: 'stp',
          label: t('network.stp'),
          kind: 'switch',
          help: t('network.stpHelp'),
          shown: (all) => all.vm === 'true',
        },
        {
          name: 'dns',
          label: t('network.dns'),
          help: t('init.dnsHelp'),
          wrong: (value) => (/^[0-9a-fA-F.:]+(\s+[0-9a-fA-F.:]+)*$/.test(value) ? undefined : t('init.dnsHelp')),
        },
        {
          name: 'isolation',
          label: t('network.isolation'),
          kind: 'switch',
          help: t('network.isolationHelp'),
          shown: () => !network,
        },
        { name: 'description', label: t('col.description') },
      ]}
      initial={{
        name: network?.name ?? '',
        center: network?.data_center?.id ?? centers[0]?.id ?? '',
        vlan: String(network?.vlan?.id ?? ''),
        mtu: num(network?.mtu) ? String(network?.mtu) : '',
        vm: !network || network.usages?.usage?.includes('vm') ? 'true' : '',
        isolation: yes(network?.port_isolation) ? 'true' : '',
        stp: yes(network?.stp) ? 'true' : '',
        dns: network?.dns_resolver_configuration?.name_servers?.name_server?.join(' ') ?? '',
        description: network?.description ?? '',
      }}
      submit={t(network ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={(values) => {
        const body = {
          name: values.name,
          description: values.description,
          ...(values.vlan && { vlan: { id: values.vlan } }),
          ...(values.mtu && { mtu: values.mtu }),
          stp: values.vm === 'true' && values.stp === 'true',
          dns_resolver_configuration: {
            name_servers: { name_server: (values.dns ?? '').split(/\s+/).filter(Boolean) },
          },
          usages: { usage: values.vm === 'true' ? ['vm'] : [] },
        };
        return network
          ? put(`/networks/${network.id}`, body)
          : post('/networks', {
              ...body,
              port_isolation: values.isolation === 'true',
              data_center: { id: values.center },
            });
      }}
    />
  );
}

/** The clusters whose hosts have the network, and what they have it for. */
function ClustersOf({ network }: { network: Network }) {
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const near = clusters.filter((cluster) => cluster.data_center?.id === network.data_center?.id);
  const { data, error } = useQuery({
    queryKey: ['sub', 'networks', network.id, 'clusters', near.map(({ id }) => id).join()],
    queryFn: async ({ signal }) => {
      const all = await Promise.all(
        near.map(async (cluster) => ({
          ...cluster,
          network: (await list<Network>(`/clusters/${cluster.id}/networks`, signal)).find(
            ({ id }) => id === network.id,
          ),
        })),
      );
      return all.filter((cluster) => cluster.network !== undefined);
    },
  });
  return (
    <SubTable
      title="tab.clusters"
      rows={data}
      error={error}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (cluster) => cluster.name,
          width: 220,
          cell: (cluster) => (
            <ObjectLink kind="clusters" id={cluster.id}>
              {cluster.name}
            </ObjectLink>
          ),
        },
        {
          id: 'status',
          title: 'col.status',
          value: (cluster) => cluster.network?.status,
          cell: (cluster) => <StatusLabel status={cluster.network?.status} />,
        },
        {
          id: 'required',
          title: 'col.required',
          value: (cluster) => t(yes(cluster.network?.required) ? 'yes' : 'no'),
          width: 110,
        },
        { id: 'usage', title: 'col.usage', value: (cluster) => cluster.network?.usages?.usage?.join(', '), width: 260 },
      ]}
    />
  );
}

/** The machines with a network interface in it. */
function MachinesOf({ network }: { network: Network }) {
  const { data, error } = useList<Vm>('vms', `nic.network_name="${network.name}"`);
  const columns = useVmColumns();
  return <SubTable title="tab.machines" rows={data} error={error} columns={columns} actions={power} />;
}

function ProfilesOf({ network }: { network: Network }) {
  const { data, error } = useList<VnicProfile>('vnic_profiles');
  return (
    <SubTable
      title="tab.profiles"
      rows={data?.filter((profile) => profile.network?.id === network.id)}
      error={error}
      create={{
        label: 'profile.new',
        dialog: ({ onClose }) => <ProfileDialog network={network.id} onClose={onClose} />,
      }}
      columns={[
        { id: 'name', title: 'col.name', value: (profile) => profile.name },
        { id: 'description', title: 'col.description', value: (profile) => profile.description },
      ]}
      actions={profileActions}
    />
  );
}
