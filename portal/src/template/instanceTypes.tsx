import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import RulerIcon from '@patternfly/react-icons/dist/esm/icons/ruler-combined-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { post, put, remove } from '../api/client';
import { queries } from '../api/queries';
import { type InstanceType, num, yes } from '../api/types';
import { t } from '../i18n';
import { between, FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import type { Resource } from '../ui/resource';
import { cpus } from '../vm/vms';

const MIB = 1024 * 1024;
const again = () => queries.invalidateQueries({ queryKey: ['list', 'instance_types'] });

/** Sizes that machines can be made in. */
export const instanceTypes: Resource<InstanceType> = {
  kind: 'instance_types',
  needs: 'instance_types.list',
  icon: RulerIcon,
  create: { label: 'instance.new', dialog: ({ onClose }) => <TypeDialog onClose={onClose} /> },
  useColumns: () => [
    { id: 'name', title: 'col.name', value: (type) => type.name, width: 200 },
    {
      id: 'memory',
      title: 'col.memory',
      value: (type) => num(type.memory),
      cell: (type) => bytes(type.memory),
      end: true,
      width: 120,
    },
    { id: 'cpus', title: 'col.cpus', value: cpus, end: true, width: 80 },
    {
      id: 'ha',
      title: 'col.ha',
      value: (type) => t(yes(type.high_availability?.enabled) ? 'yes' : 'no'),
      width: 150,
    },
    { id: 'description', title: 'col.description', value: (type) => type.description, width: 320 },
    { id: 'id', title: 'col.id', value: (type) => type.id, hidden: true, width: 300 },
  ],
  actions: [
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <TypeDialog type={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: async (type) => {
        await remove(`/instancetypes/${type.id}`);
        await again();
      },
    },
  ],
};

function TypeDialog({ type, onClose }: { type?: InstanceType; onClose: () => void }) {
  const topology = type?.cpu?.topology ?? {};
  return (
    <FormDialog
      title={type ? t('vm.edit', { name: type.name ?? '' }) : t('instance.new')}
      initial={{
        name: type?.name ?? '',
        description: type?.description ?? '',
        memory: type?.memory ? String(num(type.memory) / MIB) : '1024',
        sockets: String(topology.sockets ?? 1),
        cores: String(topology.cores ?? 1),
        threads: String(topology.threads ?? 1),
        ha: yes(type?.high_availability?.enabled) ? 'true' : '',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'description', label: t('col.description') },
        { name: 'memory', label: t('vm.memory'), kind: 'number', required: true, wrong: between(16, 16 * 1024 * 1024) },
        { name: 'sockets', label: t('vm.sockets'), kind: 'number', required: true, wrong: between(1, 254) },
        { name: 'cores', label: t('vm.cores'), kind: 'number', required: true, wrong: between(1, 254) },
        { name: 'threads', label: t('vm.threads'), kind: 'number', required: true, wrong: between(1, 254) },
        { name: 'ha', label: t('vm.ha'), kind: 'switch' },
      ]}
      submit={t(type ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          description: values.description,
          memory: String(Number(values.memory) * MIB),
          cpu: { topology: { sockets: values.sockets, cores: values.cores, threads: values.threads } },
          high_availability: { enabled: values.ha === 'true' },
        };
        await (type ? put(`/instancetypes/${type.id}`, body) : post('/instancetypes', body));
        await again();
      }}
    />
  );
}
