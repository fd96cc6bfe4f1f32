import HandIcon from '@patternfly/react-icons/dist/esm/icons/hand-paper-icon';
import LayerGroupIcon from '@patternfly/react-icons/dist/esm/icons/layer-group-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, put, remove } from '../api/client';
import { queries, useList, useNames } from '../api/queries';
import { type Cluster, num, type Template, type VmPool, yes } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { between, FormDialog, named } from '../ui/FormDialog';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { VmsWhere } from './VmsWhere';

const again = () => queries.invalidateQueries({ queryKey: ['list', 'vm_pools'] });

/** Pools of machines that are all alike, of which users take one. */
export const pools: Resource<VmPool> = {
  kind: 'vm_pools',
  needs: 'vm_pools.list',
  icon: LayerGroupIcon,
  emptyText: 'pool.text',
  create: { label: 'pool.new', dialog: ({ onClose }) => <PoolDialog onClose={onClose} /> },
  useColumns: () => {
    const cluster = useNames('clusters');
    const template = useNames('templates');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (pool) => pool.name,
        width: 200,
        cell: (pool) => (
          <ObjectLink kind="vm_pools" id={pool.id}>
            {pool.name}
          </ObjectLink>
        ),
      },
      { id: 'size', title: 'pool.size', value: (pool) => num(pool.size), end: true, width: 100 },
      { id: 'prestarted', title: 'pool.prestarted', value: (pool) => num(pool.prestarted_vms), end: true, width: 140 },
      { id: 'each', title: 'pool.each', value: (pool) => num(pool.max_user_vms), end: true, width: 120 },
      { id: 'template', title: 'col.template', value: (pool) => template(pool.template) },
      { id: 'cluster', title: 'col.cluster', value: (pool) => cluster(pool.cluster) },
      { id: 'description', title: 'col.description', value: (pool) => pool.description, width: 220 },
      { id: 'id', title: 'col.id', value: (pool) => pool.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'take',
      label: 'pool.take',
      icon: HandIcon,
      prominent: true,
      single: true,
      run: (pool) => post(`/vmpools/${pool.id}/allocatevm`),
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <PoolDialog pool={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'pool.removeText' },
      run: async (pool) => {
        await remove(`/vmpools/${pool.id}`);
        await again();
      },
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (pool) => (
        <Details
          facts={[
            ['col.description', pool.description],
            ['pool.size', String(pool.size ?? '')],
            ['pool.prestarted', String(pool.prestarted_vms ?? '')],
            ['pool.each', String(pool.max_user_vms ?? '')],
            ['pool.kind', t(pool.type === 'manual' ? 'pool.manual' : 'pool.automatic')],
            ['pool.stateful', t(yes(pool.stateful) ? 'yes' : 'no')],
            ['col.template', pool.template && <RefLink kind="templates" to={pool.template} />],
            ['col.cluster', pool.cluster && <RefLink kind="clusters" to={pool.cluster} />],
            ['col.id', pool.id],
          ]}
        />
      ),
    },
    {
      id: 'machines',
      title: 'tab.machines',
      content: (pool) => <VmsWhere keep={(vm) => vm.vm_pool?.id === pool.id} />,
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (pool) => <PermissionsTab kind="vm_pools" id={pool.id} />,
    },
  ],
};

function PoolDialog({ pool, onClose }: { pool?: VmPool; onClose: () => void }) {
  const { data: clusters } = useList<Cluster>('clusters');
  const { data: templates } = useList<Template>('templates');
  if (!clusters || !templates) return null;
  return (
    <FormDialog
      title={pool ? t('vm.edit', { name: pool.name ?? '' }) : t('pool.new')}
      initial={{
        name: pool?.name ?? '',
        description: pool?.description ?? '',
        size: String(pool?.size ?? 1),
        prestarted: String(pool?.prestarted_vms ?? 0),
        each: String(pool?.max_user_vms ?? 1),
        kind: pool?.type ?? 'automatic',
      }}
      fields={[
        {
          name: 'name',
          label: t('col.name'),
          required: true,
          ...(pool ? { wrong: named(255) } : { help: t('pool.nameHelp') }),
        },
        { name: 'description', label: t('col.description') },
        {
          name: 'template',
          label: t('col.template'),
          kind: 'select',
          required: true,
          shown: () => !pool,
          options: templates
            .filter(({ id }) => !/^0{8}-/.test(id))
            .map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          shown: () => !pool,
          options: clusters.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        { name: 'size', label: t('pool.size'), kind: 'number', required: true, wrong: between(1, 1000) },
        {
          name: 'prestarted',
          label: t('pool.prestarted'),
          kind: 'number',
          required: true,
          wrong: (value, all) =>
            between(0, 1000)(value) ?? (Number(value) > Number(all.size) ? t('pool.prestartedMost') : undefined),
        },
        { name: 'each', label: t('pool.each'), kind: 'number', required: true, wrong: between(1, 1000) },
        {
          name: 'kind',
          label: t('pool.kind'),
          kind: 'select',
          required: true,
          shown: () => !pool,
          options: [
            { value: 'automatic', label: t('pool.automatic') },
            { value: 'manual', label: t('pool.manual') },
          ],
        },
        { name: 'stateful', label: t('pool.statefulHelp'), kind: 'switch', shown: () => !pool },
      ]}
      submit={t(pool ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          description: values.description,
          size: values.size,
          prestarted_vms: values.prestarted,
          max_user_vms: values.each,
        };
        await (pool
          ? put(`/vmpools/${pool.id}`, body)
          : post('/vmpools', {
              ...body,
              type: values.kind,
              stateful: values.stateful === 'true',
              template: { id: values.template },
              cluster: { id: values.cluster },
            }));
        await again();
      }}
    />
  );
}
