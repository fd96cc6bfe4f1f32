import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import { useQuery } from '@tanstack/react-query';
import { call, members, post, put, remove } from '../api/client';
import { queries, useList } from '../api/queries';
import { type Disk, type DiskAttachment, num, type StorageDomain, type Vm, yes } from '../api/types';
import { t, word } from '../i18n';
import { between, type Field, FormDialog, named, type Values } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { suits } from './systems';

const GIB = 1024 ** 3;

type Attached = DiskAttachment & { name: string };

/** The attachments with their disks, in one question. */
export function useVmDisks(vm: string) {
  return useQuery({
    queryKey: ['sub', 'vms', vm, 'diskattachments'],
    queryFn: async ({ signal }) =>
      members<DiskAttachment>(await call(`/vms/${vm}/diskattachments?follow=disk`, { signal })).map(
        (attachment): Attached => ({
          ...attachment,
          name: attachment.disk?.alias ?? attachment.disk?.name ?? attachment.id,
        }),
      ),
  });
}

const changed = (vm: string) => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm, 'diskattachments'] });

export function VmDisks({ vm, portal = false }: { vm: Vm; portal?: boolean }) {
  const { data, error } = useVmDisks(vm.id);
  const one = `/vms/${vm.id}/diskattachments`;
  return (
    <SubTable
      title="tab.disks"
      rows={data}
      error={error}
      create={{ label: 'do.addDisk', dialog: ({ onClose }) => <AddDisk vm={vm} onClose={onClose} /> }}
      empty={<p className="bw-quiet">{t('vm.noDisks')}</p>}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (each) => each.name,
          width: 200,
          cell: (each) =>
            each.disk && !portal ? (
              <ObjectLink kind="disks" id={each.disk.id}>
                {each.name}
              </ObjectLink>
            ) : (
              each.name
            ),
        },
        {
          id: 'status',
          title: 'col.status',
          value: (each) => word('status', each.disk?.status),
          cell: (each) => <StatusLabel status={each.disk?.status} />,
        },
        {
          id: 'size',
          title: 'col.size',
          value: (each) => num(each.disk?.provisioned_size),
          cell: (each) => bytes(each.disk?.provisioned_size),
          end: true,
        },
        { id: 'interface', title: 'col.interface', value: (each) => each.interface },
        {
          id: 'bootable',
          title: 'col.bootable',
          value: (each) => (yes(each.bootable) ? t('yes') : ''),
          cell: (each) => yes(each.bootable) && <CheckIcon aria-label={t('yes')} />,
          width: 90,
        },
        {
          id: 'active',
          title: 'col.active',
          value: (each) => (yes(each.active) ? t('yes') : ''),
          cell: (each) => yes(each.active) && <CheckIcon aria-label={t('yes')} />,
          width: 90,
        },
      ]}
      actions={[
        {
          id: 'edit',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && <EditDisk vm={vm} attachment={rows[0]} onClose={onClose} />,
        },
        {
          id: 'plug',
          label: 'do.plug',
          on: (each) => !yes(each.active),
          run: async (each) => {
            await put(`${one}/${each.id}`, { active: true });
            await changed(vm.id);
          },
        },
        {
          id: 'unplug',
          label: 'do.unplug',
          on: (each) => yes(each.active),
          run: async (each) => {
            await put(`${one}/${each.id}`, { active: false });
            await changed(vm.id);
          },
        },
        {
          id: 'detach',
          label: 'do.detach',
          danger: true,
          on: () => vm.status === 'down',
          confirm: { title: 'confirm.detach', text: 'vm.downFirst' },
          run: async (each) => {
            await remove(`${one}/${each.id}?detach_only=true`);
            await changed(vm.id);
          },
        },
        {
          id: 'remove',
          label: 'do.remove',
          danger: true,
          on: () => vm.status === 'down',
          confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
          run: async (each) => {
            await remove(`${one}/${each.id}?detach_only=false`);
            await changed(vm.id);
          },
        },
      ]}
    />
  );
}

const MODELS = ['virtio', 'virtio_scsi', 'sata'];

/** How a machine has a disk, for a new one and one that it has. */
const how = (model = 'virtio'): Field[] => [
  {
    name: 'interface',
    label: t('col.interface'),
    kind: 'select',
    required: true,
    options: [...new Set([...MODELS, model])].map((value) => ({ value, label: value.replace('_', '-') })),
  },
  { name: 'bootable', label: t('vm.boot'), kind: 'switch' },
  { name: 'readOnly', label: t('disk.readOnly'), kind: 'switch' },
  { name: 'discard', label: t('disk.discard'), kind: 'switch', help: t('disk.discardHelp') },
];

const flag = (value?: string | boolean) => (yes(value) ? 'true' : '');

const attachedSo = (values: Values) => ({
  interface: values.interface,
  bootable: values.bootable === 'true',
  read_only: values.readOnly === 'true',
  pass_discard: values.discard === 'true',
});

function EditDisk({ vm, attachment, onClose }: { vm: Vm; attachment: Attached; onClose: () => void }) {
  const now = num(attachment.disk?.provisioned_size) / GIB;
  const fixed = vm.status !== 'down' && yes(attachment.active);
  const initial = {
    size: String(Math.ceil(now)),
    interface: attachment.interface ?? 'virtio',
    bootable: flag(attachment.bootable),
    readOnly: flag(attachment.read_only),
    discard: flag(attachment.pass_discard),
  };
  return (
    <FormDialog
      title={t('disk.edit', { name: attachment.name })}
      fields={[
        {
          name: 'size',
          label: t('disk.sizeGib'),
          kind: 'number',
          required: true,
          shown: () => now > 0, // a LUN has the size that it has
          wrong: (value) => between(1, 8192)(value) ?? (Number(value) < now ? t('field.grow') : undefined),
        },
        ...(fixed ? [] : how(initial.interface)),
      ]}
      initial={initial}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        const grown = now > 0 && values.size !== initial.size;
        await put(`/vms/${vm.id}/diskattachments/${attachment.id}`, {
          ...(fixed ? {} : attachedSo(values)),
          ...(grown && { disk: { provisioned_size: String(Number(values.size) * GIB) } }),
        });
        await changed(vm.id);
      }}
    />
  );
}

function AddDisk({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data: domains = [] } = useList<StorageDomain>('storage_domains');
  const { data: disks = [] } = useList<Disk>('disks');
  const usable = domains.filter((domain) => domain.type === 'data' && domain.status === 'active');
  return (
    <FormDialog
      title={t('do.addDisk')}
      initial={{
        how: 'new',
        format: 'raw',
        interface: suits(vm.os?.type).disk,
        ...(usable.length === 1 && { domain: usable[0]?.id ?? '' }),
      }}
      fields={[
        {
          name: 'how',
          label: t('vm.disk'),
          kind: 'select',
          required: true,
          options: [
            { value: 'new', label: t('vm.diskNew') },
            { value: 'existing', label: t('vm.diskExisting') },
          ],
        },
        {
          name: 'disk',
          label: t('vm.diskExisting'),
          kind: 'select',
          required: true,
          shown: (all) => all.how === 'existing',
          options: disks.map((disk) => ({
            value: disk.id,
            label: `${disk.alias ?? disk.name ?? disk.id} (${bytes(disk.provisioned_size)})`,
          })),
        },
        { name: 'name', label: t('col.name'), required: true, wrong: named(255), shown: (all) => all.how === 'new' },
        {
          name: 'size',
          label: t('disk.sizeGib'),
          kind: 'number',
          required: true,
          wrong: between(1, 8192),
          shown: (all) => all.how === 'new',
        },
        {
          name: 'domain',
          label: t('col.domain'),
          kind: 'select',
          required: true,
          shown: (all) => all.how === 'new',
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
          shown: (all) => all.how === 'new',
          options: [
            { value: 'raw', label: t('disk.raw') },
            { value: 'cow', label: t('disk.cow') },
          ],
        },
        ...how(),
      ]}
      submit={t('do.addDisk')}
      onClose={onClose}
      onSubmit={async (values) => {
        await post(`/vms/${vm.id}/diskattachments`, {
          ...attachedSo(values),
          active: true,
          disk:
            values.how === 'existing'
              ? { id: values.disk }
              : {
                  name: values.name,
                  provisioned_size: String(Number(values.size) * GIB),
                  format: values.format,
                  storage_domains: { storage_domain: [{ id: values.domain }] },
                },
        });
        await changed(vm.id);
      }}
    />
  );
}
