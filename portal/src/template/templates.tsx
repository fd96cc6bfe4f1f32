import CubeIcon from '@patternfly/react-icons/dist/esm/icons/cube-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { put, remove } from '../api/client';
import { useNames } from '../api/queries';
import { num, type Template } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { Details } from '../ui/Details';
import { FormDialog, named } from '../ui/FormDialog';
import { bytes, time } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { NewVmDialog } from '../vm/VmDialogs';
import { VmsWhere } from '../vm/VmsWhere';
import { cpus } from '../vm/vms';

const blank = (template: Template) => /^0{8}-/.test(template.id);

export const templates: Resource<Template> = {
  kind: 'templates',
  icon: CubeIcon,
  status: (template) => template.status,
  emptyText: 'first.templateText',
  useColumns: () => {
    const cluster = useNames('clusters');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (template) => template.name,
        width: 200,
        cell: (template) => (
          <ObjectLink kind="templates" id={template.id}>
            {template.name}
          </ObjectLink>
        ),
      },
      {
        id: 'status',
        title: 'col.status',
        value: (template) => word('status', template.status),
        cell: (template) => <StatusLabel status={template.status} />,
      },
      {
        id: 'version',
        title: 'col.version',
        value: (template) => num(template.version?.version_number),
        cell: (template) =>
          [template.version?.version_number, template.version?.version_name].filter(Boolean).join(' · '),
        width: 130,
      },
      { id: 'cluster', title: 'col.cluster', value: (template) => cluster(template.cluster) },
      {
        id: 'memory',
        title: 'col.memory',
        value: (template) => num(template.memory),
        cell: (template) => bytes(template.memory),
        end: true,
        width: 110,
      },
      { id: 'cpus', title: 'col.cpus', value: cpus, end: true, width: 80 },
      {
        id: 'created',
        title: 'col.created',
        value: (template) => num(template.creation_time),
        cell: (template) => time(template.creation_time),
        width: 216,
      },
      { id: 'description', title: 'col.description', value: (template) => template.description, hidden: true },
      { id: 'id', title: 'col.id', value: (template) => template.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'vm',
      label: 'template.newVm',
      icon: PlusIcon,
      prominent: true,
      single: true,
      on: (template) => template.status === 'ok',
      dialog: ({ rows, onClose }) => rows[0] && <NewVmDialog template={rows[0].id} onClose={onClose} />,
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      on: (template) => !blank(template),
      dialog: ({ rows, onClose }) => rows[0] && <TemplateEdit template={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (template) => !blank(template),
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (template) => remove(`/templates/${template.id}`),
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (template) => (
        <Details
          facts={[
            ['col.description', template.description],
            ['col.cluster', template.cluster && <RefLink kind="clusters" to={template.cluster} />],
            ['col.memory', bytes(template.memory)],
            ['col.cpus', `${cpus(template)}`],
            ['col.os', template.os?.type],
            ['col.vmType', word('vm', template.type)],
            ['col.created', time(template.creation_time)],
            ['col.id', template.id],
          ]}
        />
      ),
    },
    {
      id: 'machines',
      title: 'tab.machines',
      content: (template) => <VmsWhere keep={(vm) => vm.template?.id === template.id} />,
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (template) => <PermissionsTab kind="templates" id={template.id} />,
    },
    {
      id: 'events',
      title: 'tab.events',
      content: (template) => <EventsOf keep={(event) => event.template?.id === template.id} />,
    },
  ],
};

function TemplateEdit({ template, onClose }: { template: Template; onClose: () => void }) {
  return (
    <FormDialog
      title={t('vm.edit', { name: template.name ?? '' })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'description', label: t('col.description') },
      ]}
      initial={{ name: template.name ?? '', description: template.description ?? '' }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, description }) => put(`/templates/${template.id}`, { name, description })}
    />
  );
}
