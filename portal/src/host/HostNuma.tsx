import { useSub } from '../api/queries';
import { type Host, type NumaNode, num } from '../api/types';
import { t } from '../i18n';
import { bytes } from '../ui/format';
import { SubTable } from '../ui/SubTable';
import { coresOf } from '../vm/VmNuma';

interface Node extends NumaNode {
  node_distance?: string;
}

const MIB = 1024 * 1024;

/** The parts that a host's memory has, with the processors near to each: what nodes of machines are pinned to. */
export function HostNuma({ host }: { host: Host }) {
  const { data, error } = useSub<Node>('hosts', host.id, 'numanodes');
  return (
    <SubTable
      title="numa.nodes"
      rows={data}
      error={error}
      sort={{ column: 'index', down: false }}
      empty={<p className="bw-quiet">{t('numa.noneOfHost')}</p>}
      columns={[
        { id: 'index', title: 'numa.index', value: (node) => num(node.index), width: 100 },
        {
          id: 'memory',
          title: 'col.memory',
          value: (node) => num(node.memory),
          cell: (node) => bytes(num(node.memory) * MIB),
          end: true,
          width: 140,
        },
        { id: 'cpus', title: 'col.cpus', value: coresOf, width: 220 },
        {
          id: 'distance',
          title: 'numa.distance',
          value: (node) => node.node_distance?.replaceAll(';', ' '),
          width: 200,
        },
      ]}
    />
  );
}
