import { Alert, AlertActionLink } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { list, post, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { type Disk, num, type Snapshot, type Vm, yes } from '../api/types';
import { t, word } from '../i18n';
import { useActions } from '../ui/ActionsMenu';
import { FormDialog, named } from '../ui/FormDialog';
import { time } from '../ui/format';
import type { Action } from '../ui/resource';
import { pathOf } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { useVmDisks } from './VmDisks';

/** What the snapshots are called that were taken after this one. */
export const later = (than: Snapshot, all: readonly Snapshot[]) =>
  all.filter((each) => num(each.date) > num(than.date)).map((each) => each.description || time(each.date));

const changed = (vm: string) => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm, 'snapshots'] });

/** The states that a machine can go back to. */
export function VmSnapshots({ vm, portal = false }: { vm: Vm; portal?: boolean }) {
  const { data, error } = useSub<Snapshot>('vms', vm.id, 'snapshots');
  const one = (snapshot: Snapshot) => `/vms/${vm.id}/snapshots/${snapshot.id}`;
  const { begin, dialog } = useActions<Vm>();
  const down = vm.status === 'down';
  const previewed = data?.some((each) => each.snapshot_status === 'in_preview') ?? false;
  const regular = (snapshot: Snapshot) =>
    snapshot.snapshot_type !== 'active' && snapshot.snapshot_type !== 'preview' && snapshot.snapshot_status === 'ok';
  const after = async (work: Promise<unknown>) => {
    await work;
    await changed(vm.id);
  };
  const ends: Action<Vm>[] = [
    {
      id: 'commit',
      label: 'snap.commit',
      confirm: { title: 'confirm.generic', text: 'snap.commitText' },
      run: () => after(post(`/vms/${vm.id}/commitsnapshot`)),
    },
    { id: 'undo', label: 'snap.undo', run: () => after(post(`/vms/${vm.id}/undosnapshot`)) },
  ];
  return (
    <>
      {previewed && (
        <Alert
          isInline
          variant="info"
          title={t('snap.inPreview')}
          actionLinks={ends.map((end) => (
            <AlertActionLink key={end.id} isDisabled={!down} onClick={() => begin(end, [vm])}>
              {t(end.label)}
            </AlertActionLink>
          ))}
        />
      )}
      <SubTable
        title="tab.snapshots"
        rows={data}
        error={error}
        sort={{ column: 'date', down: true }}
        {...(!previewed && {
          create: { label: 'snap.create', dialog: ({ onClose }) => <TakeDialog vm={vm} onClose={onClose} /> },
        })}
        empty={<p className="bw-quiet">{t('snap.none')}</p>}
        columns={[
          {
            id: 'description',
            title: 'col.description',
            value: (each) => (each.snapshot_type === 'active' ? t('snap.active') : each.description),
            width: 280,
          },
          {
            id: 'date',
            title: 'col.date',
            value: (each) => num(each.date),
            cell: (each) => time(each.date),
            width: 216,
          },
          {
            id: 'status',
            title: 'col.status',
            value: (each) => word('status', each.snapshot_status),
            cell: (each) => <StatusLabel status={each.snapshot_status} />,
            width: 130,
          },
          {
            id: 'memory',
            title: 'col.withMemory',
            value: (each) => t(yes(each.persist_memorystate) ? 'yes' : 'no'),
            width: 130,
          },
        ]}
        actions={[
          {
            id: 'preview',
            label: 'snap.preview',
            single: true,
            on: (each) => regular(each) && down && !previewed,
            dialog: ({ rows, onClose }) => rows[0] && <BackDialog vm={vm} snapshot={rows[0]} onClose={onClose} />,
          },
          {
            id: 'restore',
            label: 'snap.restore',
            single: true,
            danger: true,
            on: (each) => regular(each) && down && !previewed,
            dialog: ({ rows, onClose }) =>
              rows[0] && (
                <BackDialog
                  vm={vm}
                  snapshot={rows[0]}
                  lost={later(rows[0], (data ?? []).filter(regular))}
                  onClose={onClose}
                />
              ),
          },
          {
            id: 'clone',
            label: 'snap.clone',
            single: true,
            on: regular,
            dialog: ({ rows, onClose }) =>
              rows[0] && <CloneDialog vm={vm} snapshot={rows[0]} portal={portal} onClose={onClose} />,
          },
          {
            id: 'remove',
            label: 'do.remove',
            danger: true,
            on: (each) => regular(each) && !previewed,
            confirm: { title: 'confirm.remove', text: 'snap.removeText' },
            run: (each) => after(remove(one(each))),
          },
        ]}
      />
      {dialog}
    </>
  );
}

function TakeDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data: disks } = useVmDisks(vm.id);
  if (!disks) return null;
  const all = disks.map((each) => each.id).join(',');
  const live = vm.status !== 'down';
  return (
    <FormDialog
      title={t('snap.create')}
      initial={{ description: '', memory: '', disks: all }}
      fields={[
        { name: 'description', label: t('col.description'), required: true },
        { name: 'memory', label: t('snap.memory'), kind: 'switch', shown: () => live },
        {
          name: 'disks',
          label: t('snap.disks'),
          kind: 'several',
          help: t('snap.disksHelp'),
          options: disks.map((each) => ({ value: each.id, label: each.name })),
          shown: () => disks.length > 0,
        },
      ]}
      submit={t('snap.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        await post(`/vms/${vm.id}/snapshots`, {
          description: values.description,
          persist_memorystate: live && values.memory === 'true',
          ...(values.disks !== all && {
            disk_attachments: {
              disk_attachment: disks
                .filter((each) => values.disks?.split(',').includes(each.id))
                .map((each) => ({ disk: { id: each.disk?.id ?? each.id } })),
            },
          }),
        });
        await changed(vm.id);
      }}
    />
  );
}

/** Goes back to a snapshot to look at it; or, where it is said what is lost, to stay there. */
function BackDialog(properties: { vm: Vm; snapshot: Snapshot; lost?: readonly string[]; onClose: () => void }) {
  const { vm, snapshot, lost, onClose } = properties;
  const { data: disks } = useQuery({
    queryKey: ['sub', 'vms', vm.id, 'snapshots', snapshot.id, 'disks'],
    queryFn: ({ signal }) => list<Disk & { image_id?: string }>(`/vms/${vm.id}/snapshots/${snapshot.id}/disks`, signal),
  });
  if (!disks) return null;
  const all = disks.map((each) => each.id).join(',');
  return (
    <FormDialog
      title={t(lost ? 'snap.restoreTitle' : 'snap.previewTitle', { what: snapshot.description ?? '' })}
      initial={{ disks: all, memory: yes(snapshot.persist_memorystate) ? 'true' : '' }}
      fields={[
        {
          name: 'memory',
          label: t('snap.previewMemory'),
          kind: 'switch',
          shown: () => yes(snapshot.persist_memorystate),
        },
        {
          name: 'disks',
          label: t('snap.disks'),
          kind: 'several',
          help: t('snap.disksHelp'),
          shown: () => disks.length > 1,
          options: disks.map((each) => ({ value: each.id, label: each.alias ?? each.name ?? each.id })),
        },
      ]}
      intro={
        lost && (
          <Alert isInline variant="warning" title={t('snap.restoreText', { when: time(snapshot.date) })}>
            {lost.length > 0 && <p>{t('snap.restoreLater', { names: lost.join(', ') })}</p>}
            <p>{t('snap.restoreKept')}</p>
          </Alert>
        )
      }
      submit={t(lost ? 'snap.restore' : 'snap.preview')}
      danger={lost !== undefined}
      onClose={onClose}
      onSubmit={async (values) => {
        const action = lost ? `snapshots/${snapshot.id}/restore` : 'previewsnapshot';
        await post(`/vms/${vm.id}/${action}`, {
          ...(!lost && { snapshot: { id: snapshot.id } }),
          restore_memory: values.memory === 'true',
          ...(values.disks !== all && {
            disks: {
              disk: disks
                .filter((each) => values.disks?.split(',').includes(each.id))
                .map(({ id, image_id }) => ({ id, ...(image_id && { image_id }) })),
            },
          }),
        });
        await changed(vm.id);
      }}
    >
      {!lost && <p className="bw-quiet">{t('snap.previewText')}</p>}
    </FormDialog>
  );
}

function CloneDialog(properties: { vm: Vm; snapshot: Snapshot; portal: boolean; onClose: () => void }) {
  const { vm, snapshot, portal, onClose } = properties;
  const navigate = useNavigate();
  return (
    <FormDialog
      title={t('snap.clone')}
      fields={[{ name: 'name', label: t('col.name'), required: true, wrong: named(255, [vm.name ?? '']) }]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const made = await post<Vm>('/vms', {
          name: values.name,
          cluster: { id: vm.cluster?.id },
          snapshots: { snapshot: [{ id: snapshot.id }] },
        });
        void navigate(portal ? `/portal/${made.id}` : pathOf('vms', made.id));
      }}
    />
  );
}
