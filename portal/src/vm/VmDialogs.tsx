import { useNavigate } from 'react-router';
import { post } from '../api/client';
import { useList, useNames } from '../api/queries';
import type { Cluster, Host, StorageDomain, Template, Vm } from '../api/types';
import { t } from '../i18n';
import { between, type Field, FormDialog, named } from '../ui/FormDialog';
import { act } from '../ui/notify';
import { pathOf } from '../ui/resource';
import { madeFor, systemOptions, useSystems } from './systems';

const MIB = 1024 * 1024;

const blank = (template = '') => /^0{8}-/.test(template);

/** A machine in three fields: name, template and cluster; the rest is the template's, or what suits its system. */
export function NewVmDialog(properties: { onClose: () => void; template?: string; portal?: boolean }) {
  const { onClose, template = '', portal = false } = properties;
  const navigate = useNavigate();
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const { data: templates = [] } = useList<Template>('templates');
  const center = useNames('data_centers');
  const systems = useSystems();
  if (clusters.length === 0 || templates.length === 0) return null;
  const fields: Field[] = [
    { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
    {
      name: 'template',
      label: t('vm.fromTemplate'),
      kind: 'select',
      required: true,
      options: templates.map((each) => ({ value: each.id, label: each.name ?? each.id })),
    },
    {
      name: 'cluster',
      label: t('col.cluster'),
      kind: 'select',
      required: true,
      options: clusters.map((each) => ({
        value: each.id,
        label: [each.name, center(each.data_center)].filter(Boolean).join(' · '),
      })),
    },
    {
      name: 'memory',
      label: t('vm.memory'),
      kind: 'number',
      help: t('vm.memoryHelp'),
      wrong: between(16, 16 * 1024 * 1024),
    },
    {
      name: 'os',
      label: t('col.os'),
      kind: 'select',
      required: true,
      options: systemOptions(systems, 'other'),
      shown: (all) => blank(all.template),
    },
    { name: 'description', label: t('col.description') },
  ];
  // With only one template that has disks, that one is meant.
  const real = templates.filter(({ id }) => !blank(id));
  const initial = {
    os: 'other',
    template: template || (real.length === 1 ? (real[0]?.id ?? '') : ''),
    cluster:
      clusters.length === 1 ? (clusters[0]?.id ?? '') : (real.find(({ id }) => id === template)?.cluster?.id ?? ''),
  };
  return (
    <FormDialog
      title={t('vm.new')}
      fields={fields}
      initial={initial}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const system = blank(values.template) && systems.find(({ name }) => name === values.os && name !== 'other');
        const made = await post<Vm>('/vms', {
          ...(system && madeFor(system)),
          name: values.name,
          description: values.description,
          template: { id: values.template },
          cluster: { id: values.cluster },
          ...(values.memory && { memory: String(Number(values.memory) * MIB) }),
        });
        void navigate(portal ? `/portal/${made.id}` : pathOf('vms', made.id));
      }}
    />
  );
}

export function MigrateDialog({ vms, onClose }: { vms: readonly Vm[]; onClose: () => void }) {
  const { data: hosts = [] } = useList<Host>('hosts');
  const possible = hosts.filter(
    (host) => host.status === 'up' && vms.every((vm) => vm.cluster?.id === host.cluster?.id && vm.host?.id !== host.id),
  );
  const what = vms.length === 1 ? (vms[0]?.name ?? '') : t('confirm.several', { count: vms.length });
  return (
    <FormDialog
      title={t('vm.migrateTitle', { what })}
      fields={[
        {
          name: 'host',
          label: t('vm.migrateTo'),
          kind: 'select',
          required: true,
          options: [
            { value: 'any', label: t('vm.migrateAny') },
            ...possible.map((host) => ({ value: host.id, label: host.name ?? host.id })),
          ],
        },
      ]}
      initial={{ host: 'any' }}
      submit={t('do.migrate')}
      onClose={onClose}
      onSubmit={({ host = 'any' }) =>
        act(t('do.migrate'), vms, (vm) => post(`/vms/${vm.id}/migrate`, host === 'any' ? {} : { host: { id: host } }))
      }
    />
  );
}

export function TemplateDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const navigate = useNavigate();
  const { data: templates = [] } = useList<Template>('templates');
  const { data: domains = [] } = useList<StorageDomain>('storage_domains');
  // A version of a version is one of the first.
  const bases = templates.filter(
    (each) => !/^0{8}-/.test(each.id) && (each.version?.base_template?.id ?? each.id) === each.id,
  );
  return (
    <FormDialog
      title={t('vm.templateTitle', { what: vm.name ?? '' })}
      fields={[
        {
          name: 'base',
          label: t('template.ofVersion'),
          kind: 'select',
          required: true,
          options: [
            { value: 'none', label: t('template.newTemplate') },
            ...bases.map((each) => ({ value: each.id, label: each.name ?? each.id })),
          ],
        },
        {
          name: 'name',
          label: t('col.name'),
          required: true,
          wrong: named(255),
          shown: (all) => all.base === 'none',
        },
        { name: 'version', label: t('template.versionName'), shown: (all) => all.base !== 'none' },
        { name: 'description', label: t('col.description') },
        {
          name: 'domain',
          label: t('col.domain'),
          kind: 'select',
          required: true,
          options: [
            { value: 'same', label: t('template.sameDomain') },
            ...domains
              .filter(({ type, status }) => type === 'data' && status === 'active')
              .map((each) => ({ value: each.id, label: each.name ?? each.id })),
          ],
        },
        { name: 'seal', label: t('template.seal'), kind: 'switch', help: t('template.sealHelp') },
      ]}
      initial={{ base: 'none', domain: 'same' }}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async ({ base, name, version, description, domain, seal }) => {
        const of = bases.find((each) => each.id === base);
        const made = await post<Template>(`/templates${seal === 'true' ? '?seal=true' : ''}`, {
          name: of?.name ?? name,
          description,
          vm: { id: vm.id },
          ...(domain !== 'same' && { storage_domain: { id: domain } }),
          ...(of && { version: { base_template: { id: of.id }, ...(version && { version_name: version }) } }),
        });
        void navigate(pathOf('templates', made.id));
      }}
    />
  );
}
