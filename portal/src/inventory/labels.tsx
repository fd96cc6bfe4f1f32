import ObjectGroupIcon from '@patternfly/react-icons/dist/esm/icons/object-group-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { post, put, remove } from '../api/client';
import { queries, useList } from '../api/queries';
import { type AffinityLabel, type Host, yes } from '../api/types';
import { hosts } from '../host/hosts';
import { t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';
import { VmsWhere } from '../vm/VmsWhere';

const again = () => queries.invalidateQueries({ queryKey: ['list', 'affinity_labels'] });
const vmsOf = (label: AffinityLabel) => label.vms?.vm ?? [];
const hostsOf = (label: AffinityLabel) => label.hosts?.host ?? [];

/** Machines with a label run on hosts that have it too. */
export const affinityLabels: Resource<AffinityLabel> = {
  kind: 'affinity_labels',
  needs: 'affinity_labels.list',
  icon: ObjectGroupIcon,
  emptyText: 'label.text',
  create: { label: 'label.new', needs: 'affinity_labels.add', dialog: ({ onClose }) => <Edit onClose={onClose} /> },
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (label) => label.name,
      width: 220,
      cell: (label) => (
        <ObjectLink kind="affinity_labels" id={label.id}>
          {label.name}
        </ObjectLink>
      ),
    },
    { id: 'vms', title: 'kind.vms', value: (label) => vmsOf(label).length, end: true, width: 160 },
    { id: 'hosts', title: 'kind.hosts', value: (label) => hostsOf(label).length, end: true, width: 90 },
    {
      id: 'implicit',
      title: 'label.implicit',
      value: (label) => t(yes(label.has_implicit_affinity_group) ? 'yes' : 'no'),
      width: 220,
    },
    { id: 'comment', title: 'col.comment', value: (label) => label.comment, width: 260 },
    { id: 'id', title: 'col.id', value: (label) => label.id, hidden: true, width: 300 },
  ],
  actions: [
    {
      id: 'edit',
      needs: 'affinity_label.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit label={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      needs: 'affinity_label.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'label.removeText' },
      run: async (label) => {
        await remove(`/affinitylabels/${label.id}`);
        await again();
      },
    },
  ],
  tabs: [
    {
      id: 'machines',
      title: 'tab.machines',
      content: (label) => <VmsWhere keep={(vm) => vmsOf(label).some(({ id }) => id === vm.id)} />,
    },
    { id: 'hosts', title: 'tab.hosts', content: (label) => <HostsOf label={label} /> },
  ],
};

function HostsOf({ label }: { label: AffinityLabel }) {
  const { data, error } = useList<Host>('hosts');
  const columns = hosts.useColumns();
  return (
    <SubTable
      title="tab.hosts"
      rows={data?.filter((host) => hostsOf(label).some(({ id }) => id === host.id))}
      error={error}
      columns={columns}
      actions={hosts.actions}
    />
  );
}

function Edit({ label, onClose }: { label?: AffinityLabel; onClose: () => void }) {
  const { data: all } = useList<Host>('hosts');
  if (!all) return null;
  return (
    <FormDialog
      title={label ? t('vm.edit', { name: label.name ?? '' }) : t('label.new')}
      initial={{
        name: label?.name ?? '',
        comment: label?.comment ?? '',
        implicit: yes(label?.has_implicit_affinity_group) ? 'true' : '',
        hosts: label
          ? hostsOf(label)
              .map(({ id }) => id)
              .join()
          : '',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        { name: 'comment', label: t('col.comment') },
        { name: 'implicit', label: t('label.implicit'), kind: 'switch', help: t('label.implicitHelp') },
        {
          name: 'hosts',
          label: t('tab.hosts'),
          kind: 'several',
          help: t('label.vmsHelp'),
          options: all.map((host) => ({ value: host.id, label: host.name ?? host.id })),
        },
      ]}
      submit={t(label ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          comment: values.comment,
          has_implicit_affinity_group: values.implicit === 'true',
          hosts: {
            host: (values.hosts ?? '')
              .split(',')
              .filter(Boolean)
              .map((id) => ({ id })),
          },
        };
        await (label ? put(`/affinitylabels/${label.id}`, body) : post('/affinitylabels', body));
        await again();
        if (label) await queries.invalidateQueries({ queryKey: ['item', 'affinity_labels', label.id] });
      }}
    />
  );
}
