import { Title } from '@patternfly/react-core';
import { list, post, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { type Backup, type Checkpoint, type Disk, num, type Vm, yes } from '../api/types';
import { t, word } from '../i18n';
import { nameOf } from '../storage/disks';
import { download } from '../storage/download';
import { FormDialog } from '../ui/FormDialog';
import { time } from '../ui/format';
import { notify } from '../ui/notify';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { useVmDisks } from './VmDisks';

const over = (backup: Backup) => backup.phase === 'succeeded' || backup.phase === 'failed';
const refresh = (vm: string) => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm] });

/** The states of a machine's disks that were held to be fetched, and the points from which only changes are fetched. */
export function VmBackups({ vm }: { vm: Vm }) {
  // A backup becomes ready and ends by itself.
  const backups = useSub<Backup>('vms', vm.id, 'backups', 5_000);
  const checkpoints = useSub<Checkpoint>('vms', vm.id, 'checkpoints');
  const point = (id: string | undefined) => {
    const found = checkpoints.data?.find((each) => each.id === id);
    return found ? time(found.creation_date) : (id ?? '');
  };
  return (
    <>
      <p className="bw-quiet">{t('backup.text')}</p>
      <SubTable
        title="tab.backups"
        rows={backups.data}
        error={backups.error}
        sort={{ column: 'created', down: true }}
        empty={<p className="bw-quiet">{t('backup.none')}</p>}
        create={{
          label: 'backup.new',
          needs: 'vm_backups.add',
          dialog: ({ onClose }) => (
            <Take vm={vm} checkpoints={checkpoints.data ?? []} point={point} onClose={onClose} />
          ),
        }}
        columns={[
          {
            id: 'created',
            title: 'col.created',
            value: (backup) => num(backup.creation_date),
            cell: (backup) => time(backup.creation_date),
            width: 216,
          },
          {
            id: 'phase',
            title: 'col.status',
            value: (backup) => word('status', backup.phase),
            cell: (backup) => <StatusLabel status={backup.phase} />,
            width: 150,
          },
          {
            id: 'from',
            title: 'backup.kind',
            value: (backup) =>
              backup.from_checkpoint_id
                ? t('backup.since', { point: point(backup.from_checkpoint_id) })
                : t('backup.full'),
            width: 280,
          },
          { id: 'description', title: 'col.description', value: (backup) => backup.description, width: 240 },
          { id: 'id', title: 'col.id', value: (backup) => backup.id, width: 300 },
        ]}
        actions={[
          {
            id: 'download',
            needs: 'image_transfers.add',
            label: 'do.download',
            on: (backup) => backup.phase === 'ready',
            run: async (backup) => {
              const disks = await list<Disk>(`/vms/${vm.id}/backups/${backup.id}/disks`);
              for (const disk of disks) await download(disk, `${vm.name}-${nameOf(disk)}.raw`, backup.id);
            },
          },
          {
            id: 'finalize',
            needs: 'vm_backup.finalize',
            label: 'backup.finalize',
            on: (backup) => !over(backup),
            run: async (backup) => {
              await post(`/vms/${vm.id}/backups/${backup.id}/finalize`);
              await refresh(vm.id);
            },
          },
        ]}
      />
      <br />
      <Title headingLevel="h2" size="lg">
        {t('backup.checkpoints')}
      </Title>
      <SubTable
        title="backup.checkpoints"
        rows={checkpoints.data}
        error={checkpoints.error}
        sort={{ column: 'created', down: true }}
        empty={<p className="bw-quiet">{t('backup.noCheckpoints')}</p>}
        columns={[
          {
            id: 'created',
            title: 'col.created',
            value: (checkpoint) => num(checkpoint.creation_date),
            cell: (checkpoint) => time(checkpoint.creation_date),
            width: 216,
          },
          { id: 'parent', title: 'backup.parent', value: ({ parent_id }) => point(parent_id), width: 216 },
          { id: 'id', title: 'col.id', value: (checkpoint) => checkpoint.id, width: 300 },
        ]}
        actions={[
          {
            id: 'remove',
            needs: 'vm_checkpoint.remove',
            label: 'do.remove',
            danger: true,
            confirm: { title: 'confirm.remove', text: 'backup.checkpointText' },
            run: async (checkpoint) => {
              await remove(`/vms/${vm.id}/checkpoints/${checkpoint.id}`);
              await refresh(vm.id);
            },
          },
        ]}
      />
    </>
  );
}

function Take(properties: {
  vm: Vm;
  checkpoints: readonly Checkpoint[];
  point: (id: string) => string;
  onClose: () => void;
}) {
  const { vm, checkpoints, point, onClose } = properties;
  const { data: disks } = useVmDisks(vm.id);
  if (!disks) return null;
  const usable = disks.filter((each) => vm.status === 'down' || yes(each.active));
  return (
    <FormDialog
      title={t('backup.newOf', { name: vm.name ?? '' })}
      initial={{ from: 'full', disks: usable.map(({ disk }) => disk?.id ?? '').join() }}
      fields={[
        {
          name: 'from',
          label: t('backup.kind'),
          kind: 'select',
          required: true,
          help: t('backup.kindHelp'),
          options: [
            { value: 'full', label: t('backup.full') },
            ...checkpoints.map(({ id }) => ({ value: id, label: t('backup.since', { point: point(id) }) })),
          ],
        },
        {
          name: 'disks',
          label: t('tab.disks'),
          kind: 'several',
          required: true,
          options: usable.map(({ disk, name }) => ({ value: disk?.id ?? '', label: name })),
        },
        { name: 'description', label: t('col.description') },
      ]}
      submit={t('backup.new')}
      onClose={onClose}
      onSubmit={async ({ from, disks: chosen = '', description }) => {
        await post(`/vms/${vm.id}/backups`, {
          description,
          ...(from !== 'full' && { from_checkpoint_id: from }),
          disks: { disk: chosen.split(',').map((id) => ({ id })) },
        });
        notify({ variant: 'info', title: t('backup.begun'), text: t('backup.begunText') });
        await refresh(vm.id);
      }}
    />
  );
}
