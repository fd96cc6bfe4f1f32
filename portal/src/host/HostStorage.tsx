import { useQuery } from '@tanstack/react-query';
import { list } from '../api/client';
import { useNames } from '../api/queries';
import { type Host, num } from '../api/types';
import { t } from '../i18n';
import type { LogicalUnit } from '../storage/San';
import { bytes } from '../ui/format';
import { RefLink } from '../ui/Link';
import { SubTable } from '../ui/SubTable';

interface Storage {
  id: string;
  type?: string;
  logical_units?: { logical_unit?: LogicalUnit[] };
}

/** The LUNs that a host sees, and which storage domain has them. */
export function HostStorage({ host }: { host: Host }) {
  const domain = useNames('storage_domains');
  const { data, error } = useQuery({
    queryKey: ['sub', 'hosts', host.id, 'storage'],
    queryFn: async ({ signal }) =>
      (await list<Storage>(`/hosts/${host.id}/storage`, signal)).flatMap(({ type, logical_units }) =>
        (logical_units?.logical_unit ?? []).map((unit) => ({ ...unit, type, name: unit.id })),
      ),
    enabled: host.status === 'up',
    staleTime: 0,
  });
  if (host.status !== 'up') return <p className="bw-quiet">{t('host.lunsDown')}</p>;
  return (
    <SubTable
      title="tab.luns"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('host.noLuns')}</p>}
      columns={[
        { id: 'id', title: 'col.id', value: (unit) => unit.id, width: 300 },
        { id: 'type', title: 'col.type', value: (unit) => unit.type, width: 100 },
        {
          id: 'size',
          title: 'col.size',
          value: (unit) => num(unit.size),
          cell: (unit) => bytes(unit.size),
          end: true,
          width: 110,
        },
        {
          id: 'model',
          title: 'host.hardware',
          value: (unit) => [unit.vendor_id, unit.product_id].filter(Boolean).join(' '),
          width: 200,
        },
        {
          id: 'target',
          title: 'san.targets',
          value: (unit) => [unit.address, unit.target].filter(Boolean).join(' '),
          width: 280,
        },
        {
          id: 'domain',
          title: 'col.domain',
          value: (unit) => (unit.storage_domain_id ? domain({ id: unit.storage_domain_id }) : ''),
          cell: (unit) =>
            unit.storage_domain_id && <RefLink kind="storage_domains" to={{ id: unit.storage_domain_id }} />,
        },
      ]}
    />
  );
}
