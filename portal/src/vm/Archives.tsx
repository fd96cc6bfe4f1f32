import { post } from '../api/client';
import { useList } from '../api/queries';
import type { Cluster, Host, StorageDomain, Vm } from '../api/types';
import { t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';

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
      initial={{ host: up(hosts)[0]?.value ?? '', directory: '/var/tmp', file: `${row.name}.ova` }}
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
  if (!hosts || !clusters || !domains) return null;
  return (
    <FormDialog
      title={t('do.import')}
      initial={{ host: up(hosts)[0]?.value ?? '', path: '/var/tmp/' }}
      fields={[
        { name: 'host', label: t('vm.importHost'), kind: 'select', required: true, options: up(hosts) },
        { name: 'path', label: t('vm.importPath'), required: true, wrong: absolute },
        { name: 'name', label: t('col.name'), wrong: named(255) },
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
      onSubmit={({ host, path, name, cluster, domain }) =>
        post(template ? '/externaltemplateimports' : '/externalvmimports', {
          url: `ova://${path}`,
          host: { id: host },
          cluster: { id: cluster },
          storage_domain: { id: domain },
          ...(!template && { provider: 'kvm', ...(name && { name, vm: { name } }) }),
          ...(template && name && { template: { name } }),
        })
      }
    />
  );
}
