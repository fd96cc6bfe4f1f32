import HddIcon from '@patternfly/react-icons/dist/esm/icons/hdd-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { PermissionsTab } from '../access/PermissionsTab';
import { post, put, remove } from '../api/client';
import { useList, useNames, useSub } from '../api/queries';
import { served } from '../api/served';
import { type Disk, num, type Profile, type StorageDomain, yes } from '../api/types';
import { t, word } from '../i18n';
import type { Column } from '../ui/DataTable';
import { Details } from '../ui/Details';
import { between, FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { download } from './download';
import { LunDisk, RefreshLun } from './LunDisk';
import { UploadDialog } from './UploadDialog';

const GIB = 1024 ** 3;
export const nameOf = (disk: Disk) => disk.alias ?? disk.name ?? disk.id;
const ready = (disk: Disk) => disk.status === 'ok';
const onDomain = (disk: Disk) => ready(disk) && disk.storage_type !== 'lun';
const fileEnd = (disk: Disk) => (disk.content_type === 'iso' ? 'iso' : disk.format === 'cow' ? 'qcow2' : 'raw');
const domainOf = (disk: Disk) => disk.storage_domains?.storage_domain?.[0];

export function useDiskColumns(): Column<Disk>[] {
  const domain = useNames('storage_domains');
  return [
    {
      id: 'name',
      title: 'col.name',
      value: nameOf,
      width: 220,
      cell: (disk) => (
        <ObjectLink kind="disks" id={disk.id}>
          {nameOf(disk)}
        </ObjectLink>
      ),
    },
    {
      id: 'status',
      title: 'col.status',
      value: (disk) => word('status', disk.status),
      cell: (disk) => <StatusLabel status={disk.status} />,
    },
    {
      id: 'size',
      title: 'col.size',
      value: (disk) => num(disk.provisioned_size),
      cell: (disk) => bytes(disk.provisioned_size),
      end: true,
      width: 110,
    },
    {
      id: 'actual',
      title: 'col.actual',
      value: (disk) => num(disk.actual_size),
      cell: (disk) => bytes(disk.actual_size),
      end: true,
      width: 110,
    },
    { id: 'format', title: 'col.format', value: (disk) => disk.format, width: 90 },
    { id: 'content', title: 'col.content', value: (disk) => disk.content_type, width: 110 },
    {
      id: 'domain',
      title: 'col.domain',
      value: (disk) => domain(domainOf(disk)),
      cell: (disk) => <RefLink kind="storage_domains" to={domainOf(disk)} />,
    },
    { id: 'description', title: 'col.description', value: (disk) => disk.description, hidden: true },
    { id: 'id', title: 'col.id', value: (disk) => disk.id, hidden: true, width: 300 },
  ];
}

export const disks: Resource<Disk> = {
  kind: 'disks',
  icon: HddIcon,
  useColumns: useDiskColumns,
  status: (disk) => disk.status,
  title: nameOf,
  create: { label: 'disk.new', dialog: ({ onClose }) => <NewDisk onClose={onClose} /> },
  extras: [
    { label: 'do.upload', dialog: ({ onClose }) => <UploadDialog onClose={onClose} /> },
    { label: 'disk.newLun', needs: 'disk.refresh_lun', dialog: ({ onClose }) => <LunDisk onClose={onClose} /> },
  ],
  actions: [
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <EditDisk disk={rows[0]} onClose={onClose} />,
    },
    {
      id: 'move',
      label: 'do.move',
      single: true,
      on: onDomain,
      dialog: ({ rows, onClose }) => rows[0] && <MoveDisk disk={rows[0]} onClose={onClose} />,
    },
    {
      id: 'copy',
      label: 'do.copy',
      single: true,
      on: onDomain,
      dialog: ({ rows, onClose }) => rows[0] && <MoveDisk disk={rows[0]} copy onClose={onClose} />,
    },
    {
      id: 'convert',
      label: 'do.convert',
      single: true,
      on: onDomain,
      dialog: ({ rows, onClose }) => rows[0] && <ConvertDisk disk={rows[0]} onClose={onClose} />,
    },
    {
      id: 'download',
      needs: 'image_transfers.add',
      label: 'do.download',
      single: true,
      on: onDomain,
      run: (disk) => download(disk, `${nameOf(disk)}.${fileEnd(disk)}`),
    },
    {
      id: 'refresh-lun',
      needs: 'disk.refresh_lun',
      label: 'disk.refreshLun',
      single: true,
      on: (disk) => disk.storage_type === 'lun',
      dialog: ({ rows, onClose }) =>
        rows[0] && <RefreshLun disk={{ id: rows[0].id, name: nameOf(rows[0]) }} onClose={onClose} />,
    },
    {
      id: 'sparsify',
      label: 'do.sparsify',
      on: onDomain,
      confirm: { title: 'confirm.generic', text: 'disk.sparsifyText' },
      run: (disk) => post(`/disks/${disk.id}/sparsify`),
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: (disk) => remove(`/disks/${disk.id}`),
    },
  ],
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (disk) => (
        <Details
          facts={[
            ['col.description', disk.description],
            ['col.size', bytes(disk.provisioned_size)],
            ['col.actual', bytes(disk.actual_size)],
            ['col.format', disk.format],
            ['col.content', disk.content_type],
            ['col.storageType', disk.storage_type],
            ['col.domain', <RefLink key="domain" kind="storage_domains" to={domainOf(disk)} />],
            ['col.id', disk.id],
          ]}
        />
      ),
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (disk) => <PermissionsTab kind="disks" id={disk.id} />,
    },
  ],
};

function NewDisk({ onClose }: { onClose: () => void }) {
  const { data: domains } = useList<StorageDomain>('storage_domains');
  if (!domains) return null;
  const usable = domains.filter((domain) => domain.type === 'data' && domain.status === 'active');
  return (
    <FormDialog
      title={t('disk.new')}
      initial={{ format: 'raw' }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'description', label: t('col.description') },
        { name: 'size', label: t('disk.sizeGib'), kind: 'number', required: true, wrong: between(1, 8192) },
        {
          name: 'domain',
          label: t('col.domain'),
          kind: 'select',
          required: true,
          options: usable.map((domain) => ({
            value: domain.id,
            label: `${domain.name} (${t('dash.free', { free: bytes(domain.available) })})`,
          })),
        },
        {
          name: 'format',
          label: t('col.format'),
          kind: 'select',
          required: true,
          options: [
            { value: 'raw', label: t('disk.raw') },
            { value: 'cow', label: t('disk.cow') },
          ],
        },
        {
          name: 'backup',
          label: t('disk.incremental'),
          kind: 'switch',
          help: t('disk.incrementalHelp'),
          shown: (all) => all.format === 'cow',
        },
      ]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={(values) =>
        post('/disks', {
          name: values.name,
          description: values.description,
          provisioned_size: String(Number(values.size) * GIB),
          format: values.format,
          sparse: values.format === 'cow',
          ...(values.format === 'cow' && values.backup === 'true' && { backup: 'incremental' }),
          storage_domains: { storage_domain: [{ id: values.domain }] },
        })
      }
    />
  );
}

function EditDisk({ disk, onClose }: { disk: Disk; onClose: () => void }) {
  const domain = domainOf(disk)?.id;
  const { data: profiles = [] } = useSub<Profile>(
    'storage_domains',
    domain ?? '',
    'diskprofiles',
    undefined,
    domain !== undefined && served('disk_profiles.list'),
  );
  return (
    <FormDialog
      title={t('vm.edit', { name: nameOf(disk) })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'description', label: t('col.description') },
        {
          name: 'profile',
          label: t('disk.profile'),
          kind: 'select',
          required: disk.disk_profile !== undefined,
          shown: () => profiles.length > 0,
          options: profiles.map((profile) => ({ value: profile.id, label: profile.name ?? profile.id })),
        },
        {
          name: 'backup',
          label: t('disk.incremental'),
          kind: 'switch',
          help: t('disk.incrementalHelp'),
          shown: () => disk.format === 'cow',
        },
        { name: 'shareable', label: t('disk.shareable'), kind: 'switch', shown: () => disk.format === 'raw' },
        { name: 'wipe', label: t('disk.wipe'), kind: 'switch', help: t('disk.wipeHelp') },
      ]}
      initial={{
        name: nameOf(disk),
        description: disk.description ?? '',
        profile: disk.disk_profile?.id ?? '',
        backup: disk.backup === 'incremental' ? 'true' : '',
        shareable: yes(disk.shareable) ? 'true' : '',
        wipe: yes(disk.wipe_after_delete) ? 'true' : '',
      }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, description, profile, backup, shareable, wipe }) =>
        put(`/disks/${disk.id}`, {
          name,
          alias: name,
          description,
          ...(profile && profile !== disk.disk_profile?.id && { disk_profile: { id: profile } }),
          ...(disk.format === 'cow' && { backup: backup === 'true' ? 'incremental' : 'none' }),
          ...(disk.format === 'raw' && { shareable: shareable === 'true' }),
          wipe_after_delete: wipe === 'true',
        })
      }
    />
  );
}

function MoveDisk({ disk, copy = false, onClose }: { disk: Disk; copy?: boolean; onClose: () => void }) {
  const { data: domains } = useList<StorageDomain>('storage_domains');
  if (!domains) return null;
  const possible = domains.filter(
    (domain) => domain.type === 'data' && domain.status === 'active' && (copy || domain.id !== domainOf(disk)?.id),
  );
  return (
    <FormDialog
      title={`${t(copy ? 'do.copy' : 'do.move')}: ${nameOf(disk)}`}
      fields={[
        {
          name: 'name',
          label: t('disk.copyName'),
          required: true,
          wrong: named(255),
          shown: () => copy,
        },
        {
          name: 'domain',
          label: t('disk.moveTo'),
          kind: 'select',
          required: true,
          options: possible.map((domain) => ({
            value: domain.id,
            label: `${domain.name} (${t('dash.free', { free: bytes(domain.available) })})`,
          })),
        },
      ]}
      initial={{ name: `${nameOf(disk)}-copy` }}
      submit={t(copy ? 'do.copy' : 'do.move')}
      onClose={onClose}
      onSubmit={({ name, domain }) =>
        post(`/disks/${disk.id}/${copy ? 'copy' : 'move'}`, {
          storage_domain: { id: domain },
          ...(copy && { disk: { name, alias: name } }),
        })
      }
    />
  );
}

function ConvertDisk({ disk, onClose }: { disk: Disk; onClose: () => void }) {
  return (
    <FormDialog
      title={`${t('do.convert')}: ${nameOf(disk)}`}
      fields={[
        {
          name: 'format',
          label: t('col.format'),
          kind: 'select',
          required: true,
          options: [
            { value: 'raw', label: t('disk.raw') },
            { value: 'cow', label: t('disk.cow') },
          ],
        },
      ]}
      initial={{ format: disk.format === 'raw' ? 'cow' : 'raw' }}
      submit={t('do.convert')}
      onClose={onClose}
      onSubmit={({ format }) =>
        post(`/disks/${disk.id}/convert`, { disk: { format, sparse: format === 'cow' ? true : disk.sparse } })
      }
    />
  );
}
