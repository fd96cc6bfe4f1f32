import { post, put, remove } from '../api/client';
import { queries, useList, useSub } from '../api/queries';
import { type Cluster, type Network, yes } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

/** The networks that a cluster's hosts must or may have. */
export function ClusterNetworks({ cluster }: { cluster: Cluster }) {
  const { data, error } = useSub<Network>('clusters', cluster.id, 'networks');
  const { data: all = [] } = useList<Network>('networks');
  const place = `/clusters/${cluster.id}/networks`;
  const changed = () => queries.invalidateQueries({ queryKey: ['sub', 'clusters', cluster.id] });
  const missing = all.filter(
    (network) => network.data_center?.id === cluster.data_center?.id && !data?.some(({ id }) => id === network.id),
  );
  return (
    <SubTable
      title="tab.networks"
      rows={data}
      error={error}
      create={{
        label: 'do.addNetwork',
        dialog: ({ onClose }) => (
          <FormDialog
            title={t('do.addNetwork')}
            fields={[
              {
                name: 'network',
                label: t('col.network'),
                kind: 'select',
                required: true,
                options: missing.map((network) => ({ value: network.id, label: network.name ?? network.id })),
              },
              { name: 'required', label: t('col.required'), kind: 'switch' },
            ]}
            submit={t('do.addNetwork')}
            onClose={onClose}
            onSubmit={async ({ network, required }) => {
              await post(place, { id: network, required: required === 'true' });
              await changed();
            }}
          />
        ),
      }}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (network) => network.name,
          cell: (network) => (
            <ObjectLink kind="networks" id={network.id}>
              {network.name}
            </ObjectLink>
          ),
        },
        {
          id: 'status',
          title: 'col.status',
          value: (network) => network.status,
          cell: (network) => <StatusLabel status={network.status} />,
        },
        { id: 'required', title: 'col.required', value: (network) => t(yes(network.required) ? 'yes' : 'no') },
        { id: 'usage', title: 'col.usage', value: (network) => network.usages?.usage?.join(', '), width: 260 },
      ]}
      actions={[
        {
          id: 'required',
          label: 'col.required',
          run: async (network) => {
            await put(`${place}/${network.id}`, { required: !yes(network.required) });
            await changed();
          },
        },
        {
          id: 'detach',
          label: 'do.detach',
          danger: true,
          on: (network) => network.name !== 'ovirtmgmt',
          confirm: { title: 'confirm.detach', text: 'confirm.removeText' },
          run: async (network) => {
            await remove(`${place}/${network.id}`);
            await changed();
          },
        },
      ]}
    />
  );
}
