import { post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { served } from '../api/served';
import type { Watchdog } from '../api/types';
import { t, word } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

/** The one watchdog that a machine may have, or that machines made from a template begin with. */
export function Watchdogs({ kind, id }: { kind: 'vms' | 'templates'; id: string }) {
  const one = kind === 'vms' ? 'vm' : 'template';
  const { data, error } = useSub<Watchdog>(kind, id, 'watchdogs', undefined, served(`${one}_watchdogs.list`));
  const place = `/${kind}/${id}/watchdogs`;
  const again = () => queries.invalidateQueries({ queryKey: ['sub', kind, id, 'watchdogs'] });
  const dialog = (onClose: () => void, of?: Watchdog) => (
    <FormDialog
      title={t('watchdog.title')}
      initial={{ action: of?.action ?? 'reset' }}
      fields={[
        {
          name: 'action',
          label: t('watchdog.action'),
          kind: 'select',
          required: true,
          options: (['none', 'reset', 'poweroff', 'pause', 'dump'] as const).map((value) => ({
            value,
            label: t(`watchdog.${value}`),
          })),
        },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async ({ action }) => {
        await (of ? put(`${place}/${of.id}`, { action }) : post(place, { model: 'i6300esb', action }));
        await again();
      }}
    >
      <p className="bw-quiet">{t('watchdog.text')}</p>
    </FormDialog>
  );
  return (
    <SubTable
      title="watchdog.title"
      rows={data?.map((each) => ({ ...each, name: each.model ?? '' }))}
      error={error}
      empty={<p className="bw-quiet">{t(kind === 'vms' ? 'watchdog.noneYet' : 'watchdog.noneInTemplate')}</p>}
      {...(data?.length === 0 && {
        create: { label: 'watchdog.add', needs: `${one}_watchdogs.add`, dialog: ({ onClose }) => dialog(onClose) },
      })}
      columns={[
        { id: 'model', title: 'col.type', value: (each) => each.model, width: 160 },
        { id: 'action', title: 'watchdog.action', value: (each) => word('watchdog', each.action), width: 200 },
      ]}
      actions={[
        {
          id: 'edit',
          needs: `${one}_watchdog.update`,
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && dialog(onClose, rows[0]),
        },
        {
          id: 'remove',
          needs: `${one}_watchdog.remove`,
          label: 'do.remove',
          danger: true,
          run: async (each) => {
            await remove(`${place}/${each.id}`);
            await again();
          },
        },
      ]}
    />
  );
}
