import { useState } from 'react';
import { ApiError, post, put, remove } from '../api/client';
import { useList } from '../api/queries';
import { served } from '../api/served';
import { type DataCenter, type Host, type StorageDomain, yes } from '../api/types';
import { t } from '../i18n';
import { between, type Field, FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { asUnit, type LogicalUnit, SanPicker } from './San';

const upHosts = (hosts: readonly Host[]) =>
  hosts.filter((host) => host.status === 'up').map((host) => ({ value: host.id, label: host.name ?? host.id }));

export function NewDomain({ onClose }: { onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  const { data: centers } = useList<DataCenter>('data_centers');
  const [chosen, setChosen] = useState<ReadonlyMap<string, LogicalUnit>>(new Map());
  if (!hosts || !centers) return null;
  const san = (all: Record<string, string>) => all.type === 'iscsi' || all.type === 'fcp';
  const iscsi = (all: Record<string, string>) => all.type === 'iscsi';
  const types = [
    ...(['nfs', 'glusterfs', 'posixfs', 'localfs'] as const),
    ...(served('host_storage.list') ? (['iscsi', 'fcp'] as const) : []),
  ];
  const remote = (all: Record<string, string>) => all.type === 'nfs' || all.type === 'glusterfs';
  const fields: Field[] = [
    { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
    {
      name: 'type',
      label: t('col.storageType'),
      kind: 'select',
      required: true,
      options: types.map((value) => ({ value, label: t(`storage.${value}`) })),
    },
    {
      name: 'address',
      label: t('col.address'),
      required: true,
      shown: (all) => remote(all) || iscsi(all),
      help: t('field.address'),
    },
    { name: 'port', label: t('san.port'), kind: 'number', shown: iscsi, wrong: between(1, 65_535) },
    { name: 'user', label: t('san.user'), shown: iscsi, help: t('san.userHelp') },
    { name: 'password', label: t('login.password'), kind: 'password', shown: (all) => iscsi(all) && Boolean(all.user) },
    {
      name: 'path',
      label: t('col.path'),
      required: true,
      help: t('field.path'),
      shown: (all) => !san(all),
      wrong: (value) => (value.startsWith('/') ? undefined : t('field.path')),
    },
    { name: 'vfs', label: t('storage.vfs'), required: true, shown: (all) => all.type === 'posixfs' },
    { name: 'options', label: t('storage.options'), shown: (all) => all.type !== 'localfs' && !san(all) },
    {
      name: 'existing',
      label: t('storage.existing'),
      kind: 'switch',
      help: t('storage.existingHelp'),
      shown: (all) => !san(all),
    },
    { name: 'host', label: t('storage.through'), kind: 'select', required: true, options: upHosts(hosts) },
    {
      name: 'center',
      label: t('storage.attachTo'),
      kind: 'select',
      options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
    },
  ];
  return (
    <FormDialog
      title={t('storage.new')}
      fields={fields}
      initial={{ type: 'nfs', port: '3260', host: upHosts(hosts)[0]?.value ?? '', center: centers[0]?.id ?? '' }}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const vfs = values.type === 'posixfs' ? values.vfs : values.type === 'glusterfs' ? 'glusterfs' : undefined;
        if (san(values) && chosen.size === 0) throw new ApiError(0, '', t('san.choose'), '');
        const made = await post<StorageDomain>('/storagedomains', {
          name: values.name,
          type: 'data',
          ...(values.existing === 'true' && !san(values) && { import: true }),
          host: { id: values.host },
          storage: {
            type: values.type,
            ...(san(values)
              ? {
                  logical_units: {
                    logical_unit: [...chosen.values()].map(asUnit),
                  },
                }
              : { path: values.path }),
            ...(remote(values) && { address: values.address }),
            ...(vfs && { vfs_type: vfs }),
            ...(values.options && values.type !== 'localfs' && !san(values) && { mount_options: values.options }),
          },
        });
        if (values.center) await post(`/datacenters/${values.center}/storagedomains`, { id: made.id });
      }}
    >
      {(values) => san(values) && <SanPicker key={values.type} values={values} chosen={chosen} onChoose={setChosen} />}
    </FormDialog>
  );
}

/** More LUNs for a domain that lies on some. */
export function ExtendDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  const [chosen, setChosen] = useState<ReadonlyMap<string, LogicalUnit>>(new Map());
  if (!hosts) return null;
  const type = domain.storage?.type ?? '';
  return (
    <FormDialog
      title={`${t('storage.extend')}: ${domain.name}`}
      initial={{ type, port: '3260', host: upHosts(hosts)[0]?.value ?? '' }}
      fields={[
        { name: 'type', label: t('col.storageType'), shown: () => false },
        { name: 'address', label: t('col.address'), help: t('field.address'), shown: () => type === 'iscsi' },
        {
          name: 'port',
          label: t('san.port'),
          kind: 'number',
          shown: () => type === 'iscsi',
          wrong: between(1, 65_535),
        },
        { name: 'host', label: t('storage.through'), kind: 'select', required: true, options: upHosts(hosts) },
      ]}
      submit={t('storage.extend')}
      onClose={onClose}
      onSubmit={async () => {
        if (chosen.size === 0) throw new ApiError(0, '', t('san.choose'), '');
        await put(`/storagedomains/${domain.id}`, {
          storage: { type, logical_units: { logical_unit: [...chosen.values()].map(asUnit) } },
        });
      }}
    >
      {(values) => <SanPicker values={values} chosen={chosen} onChoose={setChosen} />}
    </FormDialog>
  );
}

export function AttachDialog({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const { data: centers = [] } = useList<DataCenter>('data_centers');
  return (
    <FormDialog
      title={`${t('do.attach')}: ${domain.name}`}
      fields={[
        {
          name: 'center',
          label: t('storage.attachTo'),
          kind: 'select',
          required: true,
          options: centers.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
      ]}
      initial={{ center: centers[0]?.id ?? '' }}
      submit={t('do.attach')}
      onClose={onClose}
      onSubmit={({ center: chosen }) => post(`/datacenters/${chosen}/storagedomains`, { id: domain.id })}
    />
  );
}

export function EditDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  return (
    <FormDialog
      title={t('storage.edit', { name: domain.name ?? '' })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        { name: 'description', label: t('col.description') },
        { name: 'comment', label: t('col.comment') },
        {
          name: 'warning',
          label: t('storage.warning'),
          kind: 'number',
          required: true,
          help: t('storage.warningHelp'),
          wrong: between(0, 100),
        },
        {
          name: 'critical',
          label: t('storage.critical'),
          kind: 'number',
          required: true,
          help: t('storage.criticalHelp'),
          wrong: between(0, 1_000_000),
        },
        { name: 'wipe', label: t('disk.wipe'), kind: 'switch', help: t('disk.wipeHelp') },
      ]}
      initial={{
        name: domain.name ?? '',
        description: domain.description ?? '',
        comment: domain.comment ?? '',
        warning: String(domain.warning_low_space_indicator ?? 10),
        critical: String(domain.critical_space_action_blocker ?? 5),
        wipe: yes(domain.wipe_after_delete) ? 'true' : '',
      }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, description, comment, warning, critical, wipe }) =>
        put(`/storagedomains/${domain.id}`, {
          ...(name !== domain.name && { name }),
          description,
          comment,
          warning_low_space_indicator: warning,
          critical_space_action_blocker: critical,
          wipe_after_delete: wipe === 'true',
        })
      }
    />
  );
}

export function RemoveDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const { data: hosts = [] } = useList<Host>('hosts');
  return (
    <FormDialog
      danger
      title={t('confirm.remove', { what: domain.name ?? '' })}
      fields={[
        {
          name: 'host',
          label: t('storage.removeHost'),
          kind: 'select',
          required: true,
          shown: (all) => all.destroy !== 'true',
          options: upHosts(hosts),
        },
        { name: 'format', label: t('storage.format'), kind: 'switch', shown: (all) => all.destroy !== 'true' },
        { name: 'destroy', label: t('storage.destroy'), kind: 'switch', help: t('storage.destroyHelp') },
      ]}
      initial={{ host: upHosts(hosts)[0]?.value ?? '' }}
      submit={t('do.remove')}
      onClose={onClose}
      onSubmit={({ host, format, destroy }) =>
        remove(
          `/storagedomains/${domain.id}?${
            destroy === 'true' ? 'destroy=true' : `host=${host}&format=${format === 'true'}`
          }`,
        )
      }
    />
  );
}

/** LUNs that a domain in maintenance loses; what lies on them moves to the others first. */
export function ReduceDomain({ domain, onClose }: { domain: StorageDomain; onClose: () => void }) {
  const units = domain.storage?.volume_group?.logical_units?.logical_unit ?? [];
  return (
    <FormDialog
      danger
      title={`${t('storage.reduce')}: ${domain.name}`}
      fields={[
        {
          name: 'units',
          label: t('san.luns'),
          kind: 'several',
          required: true,
          help: t('storage.reduceHelp'),
          options: units.map(({ id, size }) => ({ value: id, label: `${id} · ${bytes(size)}` })),
          wrong: (value) => (value.split(',').length < units.length ? undefined : t('storage.reduceAll')),
        },
      ]}
      submit={t('storage.reduce')}
      onClose={onClose}
      onSubmit={({ units: gone = '' }) =>
        post(`/storagedomains/${domain.id}/reduceluns`, {
          logical_units: { logical_unit: gone.split(',').map((id) => ({ id })) },
        })
      }
    />
  );
}
