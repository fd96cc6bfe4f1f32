import CubeIcon from '@patternfly/react-icons/dist/esm/icons/cube-icon';
import FileExportIcon from '@patternfly/react-icons/dist/esm/icons/file-export-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { put, remove } from '../api/client';
import { useList, useNames } from '../api/queries';
import { num, type Template } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t, word } from '../i18n';
import { tagging } from '../inventory/tags';
import { Details } from '../ui/Details';
import { between, type Field, FormDialog, named } from '../ui/FormDialog';
import { bytes, time } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { ExportDialog, ImportDialog } from '../vm/Archives';
import {
  initializationDecided,
  initializationFields,
  initializationOf,
  initializationTold,
  initializationValues,
} from '../vm/Initialization';
import { NewVmDialog } from '../vm/VmDialogs';
import { VmsWhere } from '../vm/VmsWhere';
import { cpus } from '../vm/vms';
import { Watchdogs } from '../vm/Watchdogs';
import { TemplateDisks, TemplateNics, useTemplateCd } from './TemplateDevices';

const MIB = 1024 * 1024;
const blank = (template: Template) => /^0{8}-/.test(template.id);

export const templates: Resource<Template> = {
  kind: 'templates',
  icon: CubeIcon,
  status: (template) => template.status,
  emptyText: 'first.templateText',
  extras: [
    {
      label: 'do.import',
      needs: 'external_template_imports.add',
      dialog: ({ onClose }) => <ImportDialog template onClose={onClose} />,
    },
  ],
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
        title: 'col.release',
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
      id: 'export',
      needs: 'template.export',
      label: 'do.export',
      icon: FileExportIcon,
      single: true,
      on: (template) => !blank(template) && template.status === 'ok',
      dialog: ({ rows, onClose }) => rows[0] && <ExportDialog kind="templates" row={rows[0]} onClose={onClose} />,
    },
    tagging('templates'),
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
      content: (template) => <General template={template} />,
    },
    {
      id: 'disks',
      needs: 'template_disk_attachments.list',
      title: 'tab.disks',
      content: (template) => <TemplateDisks template={template} />,
    },
    {
      id: 'nics',
      needs: 'template_nics.list',
      title: 'tab.nics',
      shown: (template) => !blank(template),
      content: (template) => <TemplateNics template={template} />,
    },
    {
      id: 'watchdog',
      needs: 'template_watchdogs.list',
      title: 'watchdog.title',
      content: (template) => <Watchdogs kind="templates" id={template.id} />,
    },
    { id: 'versions', title: 'template.versions', content: (template) => <Versions template={template} /> },
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

function General({ template }: { template: Template }) {
  const cd = useTemplateCd(template);
  return (
    <Details
      facts={[
        ['col.description', template.description],
        ['col.cluster', template.cluster && <RefLink kind="clusters" to={template.cluster} />],
        ['col.memory', bytes(template.memory)],
        ['col.cpus', `${cpus(template)}`],
        ['col.os', template.os?.type],
        ['col.vmType', word('vm', template.type)],
        ['vm.cd', cd],
        ['tab.initialRun', initializationTold(template)],
        ['col.created', time(template.creation_time)],
        ['col.id', template.id],
      ]}
    />
  );
}

/** The template and the later versions of it. */
function Versions({ template }: { template: Template }) {
  const { data, error } = useList<Template>('templates');
  const columns = templates.useColumns();
  const base = template.version?.base_template?.id ?? template.id;
  return (
    <SubTable
      title="template.versions"
      rows={data?.filter((each) => (each.version?.base_template?.id ?? each.id) === base)}
      error={error}
      sort={{ column: 'version', down: true }}
      columns={columns}
    />
  );
}

function TemplateEdit({ template, onClose }: { template: Template; onClose: () => void }) {
  const tab = t('tab.general');
  const general: Field[] = [
    { tab, name: 'name', label: t('col.name'), required: true, wrong: named(255) },
    { tab, name: 'description', label: t('col.description') },
    { tab, name: 'comment', label: t('col.comment') },
    { tab, name: 'version', label: t('template.versionName') },
    {
      tab,
      name: 'memory',
      label: t('vm.memory'),
      kind: 'number',
      required: true,
      wrong: between(16, 16 * 1024 * 1024),
    },
    ...(['sockets', 'cores', 'threads'] as const).map((name) => ({
      tab,
      name,
      label: t(`vm.${name}`),
      kind: 'number' as const,
      required: true,
      wrong: between(1, 254),
    })),
  ];
  // What is said of a first boot depends on the system, which is not changed here.
  const before = { os: template.os?.type ?? '', ...initializationValues(initializationOf(template)) };
  return (
    <FormDialog
      title={t('vm.edit', { name: template.name ?? '' })}
      fields={[...general, ...initializationFields(t('tab.initialRun'), true)]}
      initial={{
        name: template.name ?? '',
        description: template.description ?? '',
        comment: template.comment ?? '',
        version: template.version?.version_name ?? '',
        memory: String(num(template.memory) / MIB),
        sockets: String(template.cpu?.topology?.sockets ?? 1),
        cores: String(template.cpu?.topology?.cores ?? 1),
        threads: String(template.cpu?.topology?.threads ?? 1),
        ...before,
      }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, description, comment, version, memory, sockets, cores, threads, ...init }) =>
        put(`/templates/${template.id}`, {
          name,
          description,
          comment,
          ...(version !== (template.version?.version_name ?? '') && { version: { version_name: version } }),
          memory: String(Number(memory) * MIB),
          cpu: { topology: { sockets, cores, threads } },
          ...(Object.entries(before).some(([field, value]) => (init[field] ?? '') !== value) && {
            initialization: initializationDecided(before, init),
          }),
        })
      }
    />
  );
}
