import { useSub } from '../api/queries';
import { num, type Statistic } from '../api/types';
import { t } from '../i18n';
import { bytes } from '../ui/format';
import { SubTable } from '../ui/SubTable';

function shown(statistic: Statistic): string {
  const datum = statistic.values?.value?.[0]?.datum;
  if (datum === undefined) return '';
  switch (statistic.unit) {
    case 'bytes':
      return bytes(datum);
    case 'percent':
      return `${Math.round(num(datum) * 10) / 10} %`;
    case 'bytes_per_second':
      return `${bytes(datum)}/s`;
    default:
      return String(datum);
  }
}

/** The newest values, as the host measured them a moment ago. */
export function StatisticsTab({ kind, id }: { kind: 'vms' | 'hosts'; id: string }) {
  const { data, error } = useSub<Statistic>(kind, id, 'statistics', 5_000);
  return (
    <SubTable
      title="tab.statistics"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('stat.none')}</p>}
      columns={[
        { id: 'description', title: 'col.description', value: (each) => each.description ?? each.name, width: 320 },
        {
          id: 'value',
          title: 'col.value',
          value: (each) => num(each.values?.value?.[0]?.datum),
          cell: shown,
          end: true,
        },
        { id: 'name', title: 'col.name', value: (each) => each.name, width: 220 },
      ]}
    />
  );
}
