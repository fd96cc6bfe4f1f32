import { Title } from '@patternfly/react-core';
import { post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { served } from '../api/served';
import { type NumaNode, num, type Vm } from '../api/types';
import { t } from '../i18n';
import { between, FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';
import { Watchdogs } from './Watchdogs';

/** "0-3,8" as numbers; undefined when it is none of that. */
export function readNumbers(text: string): number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from)) return undefined;
    for (let each = Number(from); each <= Number(to); each++) numbers.push(each);
  }
  return [...new Set(numbers)].sort((a, b) => a - b);
}

export function writeNumbers(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === (numbers[end] ?? 0) + 1) end++;
    parts.push(end > at ? `${numbers[at]}-${numbers[end]}` : `${numbers[at]}`);
    at = end + 1;
  }
  return parts.join(',');
}

const indexes = (all: readonly { index?: string | number }[] | undefined) =>
  (all ?? []).map(({ index }) => num(index)).sort((a, b) => a - b);
export const coresOf = (node: NumaNode) => writeNumbers(indexes(node.cpu?.cores?.core));
const pinsOf = (node: NumaNode) => writeNumbers(indexes(node.numa_node_pins?.numa_node_pin));

/** Which processors and memory of the guest lie together, where on the host; and its watchdog. */
export function VmNuma({ vm }: { vm: Vm }) {
  const nodes = useSub<NumaNode>('vms', vm.id, 'numanodes', undefined, served('vm_numa_nodes.list'));
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm.id] });
  const node = (onClose: () => void, of?: NumaNode) => (
    <NodeDialog vm={vm} nodes={nodes.data ?? []} {...(of && { node: of })} again={again} onClose={onClose} />
  );
  return (
    <>
      <Title headingLevel="h2" size="lg">
        {t('numa.nodes')}
      </Title>
      <SubTable
        title="numa.nodes"
        rows={nodes.data?.map((each) => ({ ...each, name: `NUMA ${each.index}` }))}
        error={nodes.error}
        sort={{ column: 'index', down: false }}
        empty={<p className="bw-quiet">{t('numa.none')}</p>}
        create={{ label: 'numa.new', needs: 'vm_numa_nodes.add', dialog: ({ onClose }) => node(onClose) }}
        columns={[
          { id: 'index', title: 'numa.index', value: (each) => num(each.index), width: 100 },
          { id: 'memory', title: 'vm.memory', value: (each) => num(each.memory), end: true, width: 160 },
          { id: 'cores', title: 'col.cpus', value: coresOf, width: 160 },
          { id: 'pins', title: 'numa.pins', value: pinsOf, width: 200 },
          { id: 'mode', title: 'numa.mode', value: (each) => each.numa_tune_mode, width: 140 },
        ]}
        actions={[
          {
            id: 'edit',
            needs: 'vm_numa_node.update',
            label: 'do.edit',
            single: true,
            dialog: ({ rows, onClose }) => rows[0] && node(onClose, rows[0]),
          },
          {
            id: 'remove',
            needs: 'vm_numa_node.remove',
            label: 'do.remove',
            danger: true,
            run: async (each) => {
              await remove(`/vms/${vm.id}/numanodes/${each.id}`);
              await again();
            },
          },
        ]}
      />
      <br />
      <Title headingLevel="h2" size="lg">
        {t('watchdog.title')}
      </Title>
      <Watchdogs kind="vms" id={vm.id} />
    </>
  );
}

function NodeDialog(properties: {
  vm: Vm;
  nodes: readonly NumaNode[];
  node?: NumaNode;
  again: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { vm, nodes, node, again, onClose } = properties;
  const numbers = (value: string) => (readNumbers(value) ? undefined : t('numa.numbers'));
  return (
    <FormDialog
      title={node ? `NUMA ${node.index}` : t('numa.new')}
      initial={{
        index: String(node?.index ?? nodes.length),
        memory: String(node?.memory ?? ''),
        cores: node ? coresOf(node) : '',
        pins: node ? pinsOf(node) : '',
        mode: node?.numa_tune_mode ?? 'interleave',
      }}
      fields={[
        { name: 'index', label: t('numa.index'), kind: 'number', required: true, wrong: between(0, 63) },
        { name: 'memory', label: t('vm.memory'), kind: 'number', required: true, wrong: between(1, 16 * 1024 * 1024) },
        { name: 'cores', label: t('numa.cores'), help: t('numa.numbers'), wrong: numbers },
        { name: 'pins', label: t('numa.pins'), help: t('numa.pinsHelp'), wrong: numbers },
        {
          name: 'mode',
          label: t('numa.mode'),
          kind: 'select',
          required: true,
          options: (['interleave', 'preferred', 'strict'] as const).map((value) => ({
            value,
            label: t(`numa.${value}`),
          })),
        },
      ]}
      submit={t(node ? 'do.save' : 'numa.new')}
      onClose={onClose}
      onSubmit={async (values) => {
        const each = (text = '') => (readNumbers(text) ?? []).map((index) => ({ index }));
        const body = {
          index: values.index,
          memory: values.memory,
          cpu: { cores: { core: each(values.cores) } },
          numa_node_pins: { numa_node_pin: each(values.pins) },
          numa_tune_mode: values.mode,
        };
        const place = `/vms/${vm.id}/numanodes`;
        await (node ? put(`${place}/${node.id}`, body) : post(place, body));
        await again();
      }}
    >
      {vm.status !== 'down' && <p className="bw-quiet">{t('vm.nextRun')}</p>}
    </FormDialog>
  );
}
