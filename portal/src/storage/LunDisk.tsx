import { useState } from 'react';
import { ApiError, post } from '../api/client';
import { useList } from '../api/queries';
import type { Host } from '../api/types';
import { t } from '../i18n';
import { between, FormDialog, named, type Values } from '../ui/FormDialog';
import { asUnit, type LogicalUnit, SanPicker } from './San';

/** A LUN as it is for a disk: nothing of it lies on a storage domain. */
export function LunDisk({ onClose }: { onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  const [chosen, setChosen] = useState<ReadonlyMap<string, LogicalUnit>>(new Map());
  if (!hosts) return null;
  const up = hosts.filter(({ status }) => status === 'up').map(({ id, name }) => ({ value: id, label: name ?? id }));
  const iscsi = (all: Values) => all.type === 'iscsi';
  return (
    <FormDialog
      title={t('disk.newLun')}
      initial={{ type: 'iscsi', port: '3260', host: up[0]?.value ?? '' }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'description', label: t('col.description') },
        {
          name: 'type',
          label: t('col.storageType'),
          kind: 'select',
          required: true,
          options: (['iscsi', 'fcp'] as const).map((value) => ({ value, label: t(`storage.${value}`) })),
        },
        { name: 'host', label: t('storage.through'), kind: 'select', required: true, options: up },
        { name: 'address', label: t('col.address'), shown: iscsi, help: t('field.address') },
        { name: 'port', label: t('san.port'), kind: 'number', shown: iscsi, wrong: between(1, 65_535) },
        { name: 'shareable', label: t('disk.shareable'), kind: 'switch' },
      ]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async ({ name, description, type, host, shareable }) => {
        const [unit] = [...chosen.values()];
        if (!unit || chosen.size > 1) throw new ApiError(0, '', t('san.chooseOne'), '');
        await post('/disks', {
          name,
          description,
          storage_type: 'lun',
          shareable: shareable === 'true',
          lun_storage: { type, host: { id: host }, logical_units: { logical_unit: [asUnit(unit)] } },
        });
      }}
    >
      {(values) => <SanPicker key={values.type} values={values} chosen={chosen} onChoose={setChosen} />}
    </FormDialog>
  );
}

/** A LUN may have grown on its storage server. */
export function RefreshLun({ disk, onClose }: { disk: { id: string; name?: string }; onClose: () => void }) {
  const { data: hosts } = useList<Host>('hosts');
  if (!hosts) return null;
  const up = hosts.filter(({ status }) => status === 'up').map(({ id, name }) => ({ value: id, label: name ?? id }));
  return (
    <FormDialog
      title={`${t('disk.refreshLun')}: ${disk.name}`}
      initial={{ host: up[0]?.value ?? '' }}
      fields={[{ name: 'host', label: t('col.host'), kind: 'select', required: true, options: up }]}
      submit={t('disk.refreshLun')}
      onClose={onClose}
      onSubmit={({ host }) => post(`/disks/${disk.id}/refreshlun`, { host: { id: host } })}
    />
  );
}
