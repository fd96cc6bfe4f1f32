import { post } from '../api/client';
import { useList } from '../api/queries';
import type { Cluster, Disk, Host, StorageDomain, Vm } from '../api/types';
import { t } from '../i18n';
import { FormDialog, named, type Values } from '../ui/FormDialog';
import { EXCHANGE, imported } from './imported';

const absolute = (value: string) => (/^\/\S/.test(value) ? undefined : t('field.path'));
const up = (hosts: readonly Host[]) =>
  hosts.filter((host) => host.status === 'up').map((host) => ({ value: host.id, label: host.name ?? host.id }));
const active = (domains: readonly StorageDomain[]) =>
  domains
    .filter((domain) => domain.status === 'active' && domain.type === 'data')
    .map((domain) => ({ value: domain.id, label: domain.name ?? domain.id }));

export function CloneDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data: domains } = useList<StorageDomain>('storage_domains');
  if (!domains) return null;
  return (
    <FormDialog
      title={t('vm.cloneTitle', { what: vm.name ?? '' })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255, [vm.name ?? '']) },
        {
          name: 'domain',
          label: t('col.domain'),
          kind: 'select',
          options: active(domains),
        },
      ]}
      submit={t('do.clone')}
      onClose={onClose}
      onSubmit={({ name, domain }) =>
        post(`/vms/${vm.id}/clone`, { vm: { name }, ...(domain && { storage_domain: { id: domain } }) })
      }
    >
      <p className="bw-quiet">{t('vm.cloneText')}</p>
    </FormDialog>
  );
}

/** Writes a machine or a template as one file into a directory of a host. */
export function ExportDialog(properties: {
  kind: 'vms' | 'templates';
  row: { id: string; name?: string };
  onClose: () => void;
}) {
  const { kind, row, onClose } = properties;
  const { data: hosts } = useList<Host>('hosts');
  if (!hosts) return null;
  return (
    <FormDialog
      title={t('vm.exportTitle', { what: row.name ?? '' })}
      initial={{ host: up(hosts)[0]?.value ?? '', directory: EXCHANGE, file: `${row.name}.ova` }}
      fields={[
        { name: 'host', label: t('vm.exportHost'), kind: 'select', required: true, options: up(hosts) },
        { name: 'directory', label: t('vm.exportDirectory'), required: true, wrong: absolute },
        {
          name: 'file',
          label: t('vm.exportFile'),
          required: true,
          wrong: (value) => (/^[\w.-]+$/.test(value) ? undefined : t('field.name', { max: 255 })),
        },
      ]}
      submit={t('do.export')}
      onClose={onClose}
      onSubmit={({ host, directory, file }) =>
        post(`/${kind}/${row.id}/export`, { host: { id: host }, directory, filename: file })
      }
    />
  );
}

export function ImportDialog({ template = false, onClose }: { template?: boolean; onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  const { data: clusters } = useList<Cluster>('clusters');
  const { data: domains } = useList<StorageDomain>('storage_domains');
  const { data: disks } = useList<Disk>('disks');
  if (!hosts || !clusters || !domains || !disks) return null;
  const from = (source: string) => (all: Values) => all.source === source;
  return (
    <FormDialog
      title={t('do.import')}
      initial={{
        source: 'file',
        host: up(hosts)[0]?.value ?? '',
        path: `${EXCHANGE}/`,
        cluster: clusters.length === 1 ? (clusters[0]?.id ?? '') : '',
        domain: active(domains).length === 1 ? (active(domains)[0]?.value ?? '') : '',
      }}
      fields={[
        {
          name: 'source',
          label: t('vm.importFrom'),
          kind: 'select',
          required: true,
          options: [
            { value: 'file', label: t('vm.importFile') },
            { value: 'disk', label: t('vm.importDisk') },
            ...(template ? [] : [{ value: 'libvirt', label: t('vm.importLibvirt') }]),
          ],
        },
        {
          name: 'host',
          label: t('vm.importHost'),
          kind: 'select',
          required: true,
          options: up(hosts),
          shown: (all) => all.source !== 'disk',
        },
        { name: 'path', label: t('vm.importPath'), required: true, wrong: absolute, shown: from('file') },
        {
          name: 'disk',
          label: t('vm.importArchive'),
          kind: 'select',
          required: true,
          help: t('vm.importDiskHelp'),
          options: disks
            .filter((disk) => disk.format === 'raw' && disk.status === 'ok' && disk.storage_type !== 'lun')
            .map((disk) => ({ value: disk.id, label: disk.alias ?? disk.name ?? disk.id })),
          shown: from('disk'),
        },
        {
          name: 'uri',
          label: t('vm.importUri'),
          required: true,
          help: t('vm.importUriHelp'),
          wrong: (value) => (/^qemu\S*\/system$/.test(value) ? undefined : t('vm.importUriHelp')),
          shown: from('libvirt'),
        },
        { name: 'machine', label: t('vm.importMachine'), required: true, shown: from('libvirt') },
        { name: 'name', label: t('vm.importName'), wrong: named(255), help: t('vm.importNameHelp') },
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          options: clusters.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        { name: 'domain', label: t('col.domain'), kind: 'select', required: true, options: active(domains) },
      ]}
      submit={t('do.import')}
      onClose={onClose}
      onSubmit={(values) =>
        post(template ? '/externaltemplateimports' : '/externalvmimports', imported(values, template))
      }
    />
  );
}
