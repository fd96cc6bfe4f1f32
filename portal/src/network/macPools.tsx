import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import RandomIcon from '@patternfly/react-icons/dist/esm/icons/random-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { post, put, remove } from '../api/client';
import { queries, useList } from '../api/queries';
import { type Cluster, type MacPool, yes } from '../api/types';
import { t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { count } from '../ui/format';
import type { Resource } from '../ui/resource';

const again = () => queries.invalidateQueries({ queryKey: ['list', 'mac_pools'] });
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const numberOf = (mac: string) => Number.parseInt(mac.replaceAll(':', ''), 16);
const rangesOf = (pool: MacPool) => pool.ranges?.range ?? [];

/** "FROM - TO", one a line. */
export function readRanges(text: string): { from: string; to: string }[] | undefined {
  const ranges = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.split(/\s*[-–\s]\s*/));
  if (!ranges.every(([from = '', to = '', ...more]) => MAC.test(from) && MAC.test(to) && more.length === 0))
    return undefined;
  const read = ranges.map(([from = '', to = '']) => ({ from, to }));
  return read.every(({ from, to }) => numberOf(from) <= numberOf(to)) ? read : undefined;
}

export const macPools: Resource<MacPool> = {
  kind: 'mac_pools',
  needs: 'mac_pools.list',
  icon: RandomIcon,
  create: { label: 'mac.new', needs: 'mac_pools.add', dialog: ({ onClose }) => <Edit onClose={onClose} /> },
  useColumns: () => {
    const { data: clusters = [] } = useList<Cluster>('clusters');
    return [
      { id: 'name', title: 'col.name', value: (pool) => pool.name, width: 180 },
      {
        id: 'ranges',
        title: 'mac.ranges',
        value: (pool) =>
          rangesOf(pool)
            .map(({ from, to }) => `${from} – ${to}`)
            .join(', '),
        width: 340,
      },
      {
        id: 'size',
        title: 'mac.size',
        value: (pool) =>
          rangesOf(pool).reduce((sum, { from = '', to = '' }) => sum + numberOf(to) - numberOf(from) + 1, 0),
        cell: (pool) =>
          count(rangesOf(pool).reduce((sum, { from = '', to = '' }) => sum + numberOf(to) - numberOf(from) + 1, 0)),
        end: true,
        width: 110,
      },
      {
        id: 'duplicates',
        title: 'mac.duplicates',
        value: (pool) => t(yes(pool.allow_duplicates) ? 'yes' : 'no'),
        width: 130,
      },
      {
        id: 'clusters',
        title: 'kind.clusters',
        value: (pool) =>
          clusters
            .filter((cluster) => cluster.mac_pool?.id === pool.id)
            .map(({ name }) => name)
            .join(', '),
        width: 200,
      },
      { id: 'description', title: 'col.description', value: (pool) => pool.description, width: 220 },
      { id: 'id', title: 'col.id', value: (pool) => pool.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'edit',
      needs: 'mac_pool.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit pool={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      needs: 'mac_pool.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (pool) => !yes(pool.default_pool),
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: async (pool) => {
        await remove(`/macpools/${pool.id}`);
        await again();
      },
    },
  ],
};

function Edit({ pool, onClose }: { pool?: MacPool; onClose: () => void }) {
  return (
    <FormDialog
      title={pool ? t('vm.edit', { name: pool.name ?? '' }) : t('mac.new')}
      initial={{
        name: pool?.name ?? '',
        description: pool?.description ?? '',
        ranges: pool
          ? rangesOf(pool)
              .map(({ from, to }) => `${from} - ${to}`)
              .join('\n')
          : '',
        duplicates: yes(pool?.allow_duplicates) ? 'true' : '',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(40) },
        { name: 'description', label: t('col.description') },
        {
          name: 'ranges',
          label: t('mac.ranges'),
          kind: 'lines',
          required: true,
          help: t('mac.rangesHelp'),
          wrong: (value) => (readRanges(value) ? undefined : t('mac.rangesHelp')),
        },
        { name: 'duplicates', label: t('mac.duplicates'), kind: 'switch', help: t('mac.duplicatesHelp') },
      ]}
      submit={t(pool ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          description: values.description,
          allow_duplicates: values.duplicates === 'true',
          ranges: { range: readRanges(values.ranges ?? '') },
        };
        await (pool ? put(`/macpools/${pool.id}`, body) : post('/macpools', body));
        await again();
      }}
    />
  );
}
