import { useQuery } from '@tanstack/react-query';
import { list, post, put } from '../api/client';
import { queries, useList } from '../api/queries';
import type { Disk, Host, Vm } from '../api/types';
import { t } from '../i18n';
import { type Field, FormDialog } from '../ui/FormDialog';
import { initialization, initializationFields, initializationOf, initializationValues } from './Initialization';

interface Cdrom {
  id: string;
  file?: { id?: string };
}

const cdroms = (vm: string) => ['sub', 'vms', vm, 'cdroms'];

/** Images of CDs: disks with that content on any domain. */
const useImages = () => {
  const { data = [] } = useList<Disk>('disks');
  return data
    .filter((disk) => disk.content_type === 'iso')
    .map((disk) => ({ value: disk.id, label: disk.alias ?? disk.name ?? disk.id }));
};

/** What lies in the drive: at once in a running machine, at the next start in another. */
export function CdDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const images = useImages();
  const live = vm.status !== 'down';
  const { data } = useQuery({
    queryKey: [...cdroms(vm.id), live],
    queryFn: ({ signal }) => list<Cdrom>(`/vms/${vm.id}/cdroms${live ? '?current=true' : ''}`, signal),
  });
  if (!data) return null;
  const drive = data[0];
  const now = drive?.file?.id ?? '';
  return (
    <FormDialog
      title={`${t('do.changeCd')}: ${vm.name}`}
      initial={{ image: now || 'none' }}
      fields={[
        {
          name: 'image',
          label: t('vm.cd'),
          kind: 'select',
          required: true,
          options: [
            { value: 'none', label: t('vm.cdNone') },
            ...images,
            ...(now && !images.some(({ value }) => value === now) ? [{ value: now, label: now }] : []),
          ],
        },
      ]}
      submit={t('do.changeCd')}
      onClose={onClose}
      onSubmit={async ({ image = '' }) => {
        const file = { id: image === 'none' ? '' : image };
        await (drive
          ? put(`/vms/${vm.id}/cdroms/${drive.id}${live ? '?current=true' : ''}`, { file })
          : post(`/vms/${vm.id}/cdroms`, { file }));
        await queries.invalidateQueries({ queryKey: cdroms(vm.id) });
      }}
    />
  );
}

/** Starts a machine otherwise than it is set up, for this time only. */
export function RunOnceDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const images = useImages();
  const { data: hosts } = useList<Host>('hosts');
  if (!hosts) return null;
  const boot = ['hd', 'cdrom', 'network'].map((value) => ({ value, label: t(`boot.${value}` as 'boot.hd') }));
  const tab = t('tab.general');
  const fields: Field[] = [
    {
      tab,
      name: 'host',
      label: t('col.host'),
      kind: 'select',
      required: true,
      options: [
        { value: 'any', label: t('vm.migrateAny') },
        ...hosts
          .filter((host) => host.status === 'up' && host.cluster?.id === vm.cluster?.id)
          .map((host) => ({ value: host.id, label: host.name ?? host.id })),
      ],
    },
    { tab, name: 'first', label: t('vm.bootFirst'), kind: 'select', required: true, options: boot },
    {
      tab,
      name: 'second',
      label: t('vm.bootSecond'),
      kind: 'select',
      options: boot,
      wrong: (value, all) => (value === all.first ? t('vm.bootTwice') : undefined),
    },
    {
      tab,
      name: 'cd',
      label: t('vm.cd'),
      kind: 'select',
      required: true,
      options: [{ value: 'none', label: t('vm.cdNone') }, ...images],
    },
    { tab, name: 'paused', label: t('vm.paused'), kind: 'switch' },
    ...initializationFields(t('tab.initialRun')),
  ];
  return (
    <FormDialog
      title={t('vm.runOnceTitle', { what: vm.name ?? '' })}
      initial={{
        host: 'any',
        first: vm.os?.boot?.devices?.device?.[0] ?? 'hd',
        second: vm.os?.boot?.devices?.device?.[1] ?? '',
        cd: 'none',
        os: vm.os?.type ?? '',
        ...initializationValues(initializationOf(vm)),
      }}
      fields={fields}
      submit={t('do.start')}
      onClose={onClose}
      onSubmit={async (values) => {
        const init = initialization(values);
        await post(`/vms/${vm.id}/start`, {
          ...(values.paused === 'true' && { pause: true }),
          ...(init && { use_cloud_init: true }),
          vm: {
            os: { boot: { devices: { device: [values.first, values.second].filter(Boolean) } } },
            ...(values.host !== 'any' && { placement_policy: { hosts: { host: [{ id: values.host }] } } }),
            ...(values.cd !== 'none' && { cdroms: { cdrom: [{ file: { id: values.cd } }] } }),
            ...(init && { initialization: init }),
          },
        });
      }}
    >
      <p className="bw-quiet">{t('vm.runOnceText')}</p>
    </FormDialog>
  );
}
