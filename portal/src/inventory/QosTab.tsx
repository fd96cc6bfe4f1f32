import { post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import type { DataCenter, Qos } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { between, FormDialog, type Values } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

/** What each kind of QoS limits, as the API calls it. */
const LIMITS: Record<string, readonly string[]> = {
  storage: [
    'max_throughput',
    'max_read_throughput',
    'max_write_throughput',
    'max_iops',
    'max_read_iops',
    'max_write_iops',
  ],
  cpu: ['cpu_limit'],
  network: ['inbound_average', 'inbound_peak', 'inbound_burst', 'outbound_average', 'outbound_peak', 'outbound_burst'],
  hostnetwork: ['outbound_average_linkshare', 'outbound_average_upperlimit', 'outbound_average_realtime'],
};

const label = (limit: string) => t(`qos.${limit}` as MessageKey);
const limitsOf = (qos: Qos) =>
  (LIMITS[qos.type ?? ''] ?? [])
    .filter((limit) => qos[limit] !== undefined && Number(qos[limit]) > 0)
    .map((limit) => `${label(limit)}: ${qos[limit]}`)
    .join(' · ');

/** Limits that a data center gives names to. */
export function QosTab({ center }: { center: DataCenter }) {
  const { data, error } = useSub<Qos>('data_centers', center.id, 'qoss');
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'data_centers', center.id, 'qoss'] });
  return (
    <SubTable
      title="qos.qos"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      empty={<p className="bw-quiet">{t('qos.none')}</p>}
      create={{
        label: 'qos.new',
        needs: 'qoss.add',
        dialog: ({ onClose }) => <Edit center={center} again={again} onClose={onClose} />,
      }}
      columns={[
        { id: 'name', title: 'col.name', value: (qos) => qos.name, width: 200 },
        { id: 'type', title: 'col.type', value: (qos) => t(`qos.type.${qos.type}` as MessageKey), width: 160 },
        { id: 'limits', title: 'quota.limits', value: limitsOf, width: 420 },
        { id: 'description', title: 'col.description', value: (qos) => qos.description, width: 240 },
      ]}
      actions={[
        {
          id: 'edit',
          needs: 'qos.update',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) =>
            rows[0] && <Edit center={center} qos={rows[0]} again={again} onClose={onClose} />,
        },
        {
          id: 'remove',
          needs: 'qos.remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'qos.removeText' },
          run: async (qos) => {
            await remove(`/datacenters/${center.id}/qoss/${qos.id}`);
            await again();
          },
        },
      ]}
    />
  );
}

/** A limit of everything excludes those of its parts. */
export function excludes(limit: string, values: Values): boolean {
  const [, part] = /^max_(?:read_|write_)(\w+)$/.exec(limit) ?? [];
  return part !== undefined && Boolean(values[`max_${part}`]);
}

function Edit(properties: { center: DataCenter; qos?: Qos; again: () => Promise<unknown>; onClose: () => void }) {
  const { center, qos, again, onClose } = properties;
  const every = Object.entries(LIMITS);
  return (
    <FormDialog
      title={qos ? t('vm.edit', { name: qos.name ?? '' }) : t('qos.new')}
      initial={{
        name: qos?.name ?? '',
        description: qos?.description ?? '',
        type: qos?.type ?? 'storage',
        ...Object.fromEntries(
          every.flatMap(([, limits]) => limits.map((limit) => [limit, String(qos?.[limit] ?? '')])),
        ),
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        { name: 'description', label: t('col.description') },
        {
          name: 'type',
          label: t('col.type'),
          kind: 'select',
          required: true,
          shown: () => !qos,
          options: every.map(([value]) => ({ value, label: t(`qos.type.${value}` as MessageKey) })),
        },
        ...every.flatMap(([type, limits]) =>
          limits.map((limit) => ({
            name: limit,
            label: label(limit),
            kind: 'number' as const,
            shown: (values: Values) => values.type === type,
            wrong: (value: string, values: Values) =>
              excludes(limit, values) ? t('qos.excludes') : between(0, limit === 'cpu_limit' ? 100 : 1e9)(value),
          })),
        ),
      ]}
      submit={t(qos ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const place = `/datacenters/${center.id}/qoss`;
        const body = {
          name: values.name,
          description: values.description,
          type: values.type,
          ...Object.fromEntries(
            (LIMITS[values.type ?? ''] ?? [])
              .filter((limit) => values[limit] || qos?.[limit] !== undefined)
              .map((limit) => [limit, values[limit] || '0']),
          ),
        };
        await (qos ? put(`${place}/${qos.id}`, body) : post(place, body));
        await again();
      }}
    />
  );
}
