import { useQuery } from '@tanstack/react-query';
import { list, post, put, remove } from '../api/client';
import { queries, useList, useSub } from '../api/queries';
import { served } from '../api/served';
import {
  type AffinityGroup,
  type AffinityLabel,
  type AffinityRule,
  type Cluster,
  type Host,
  num,
  type Ref,
  type Vm,
  yes,
} from '../api/types';
import { type MessageKey, t } from '../i18n';
import { between, type Field, FormDialog } from '../ui/FormDialog';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

/** The four kinds of members, each a collection below its group. */
const SIDES = [
  { name: 'vms', title: 'kind.vms', needs: 'affinity_group_vms.add' },
  { name: 'hosts', title: 'kind.hosts', needs: 'affinity_group_hosts.add' },
  { name: 'vmlabels', title: 'affinity.vmLabels', needs: 'affinity_group_vm_labels.add' },
  { name: 'hostlabels', title: 'affinity.hostLabels', needs: 'affinity_group_host_labels.add' },
] as const;

type Members = Record<(typeof SIDES)[number]['name'], Ref[]>;

const sides = () => SIDES.filter(({ needs }) => served(needs));
const placeOf = (cluster: Cluster) => `/clusters/${cluster.id}/affinitygroups`;
const again = (cluster: Cluster) => queries.invalidateQueries({ queryKey: ['sub', 'clusters', cluster.id] });

async function membersOf(cluster: Cluster, group: string, signal?: AbortSignal): Promise<Members> {
  const found: Members = { vms: [], hosts: [], vmlabels: [], hostlabels: [] };
  await Promise.all(
    sides().map(async ({ name }) => {
      found[name] = await list<Ref>(`${placeOf(cluster)}/${group}/${name}`, signal);
    }),
  );
  return found;
}

function ruleText(rule: AffinityRule | undefined): string {
  if (!rule || !yes(rule.enabled)) return t('affinity.off');
  const way = t(yes(rule.positive) ? 'affinity.together' : 'affinity.apart');
  return `${way}, ${t(yes(rule.enforcing) ? 'affinity.must' : 'affinity.should')}`;
}

/** Which machines of a cluster belong together or apart, and which hosts they like. */
export function AffinityGroups({ cluster }: { cluster: Cluster }) {
  const { data, error } = useSub<AffinityGroup>('clusters', cluster.id, 'affinitygroups');
  return (
    <SubTable
      title="tab.affinityGroups"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      empty={<p className="bw-quiet">{t('affinity.none')}</p>}
      create={{
        label: 'affinity.new',
        needs: 'affinity_groups.add',
        dialog: ({ onClose }) => <Edit cluster={cluster} onClose={onClose} />,
      }}
      columns={[
        { id: 'name', title: 'col.name', value: (group) => group.name, width: 200 },
        {
          id: 'status',
          title: 'col.status',
          value: (group) => t(yes(group.broken) ? 'status.broken' : 'status.ok'),
          cell: (group) => <StatusLabel status={yes(group.broken) ? 'broken' : 'ok'} />,
          width: 120,
        },
        { id: 'vms', title: 'affinity.vmsRule', value: (group) => ruleText(group.vms_rule), width: 240 },
        { id: 'hosts', title: 'affinity.hostsRule', value: (group) => ruleText(group.hosts_rule), width: 240 },
        {
          id: 'priority',
          title: 'affinity.priority',
          value: (group) => num(group.priority),
          cell: (group) => group.priority,
          end: true,
          width: 100,
        },
        { id: 'description', title: 'col.description', value: (group) => group.description, width: 240 },
      ]}
      actions={[
        {
          id: 'edit',
          needs: 'affinity_group.update',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && <Edit cluster={cluster} group={rows[0]} onClose={onClose} />,
        },
        {
          id: 'remove',
          needs: 'affinity_group.remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'affinity.removeText' },
          run: async (group) => {
            await remove(`${placeOf(cluster)}/${group.id}`);
            await again(cluster);
          },
        },
      ]}
    />
  );
}

const wordOf = (rule: AffinityRule | undefined) =>
  rule && yes(rule.enabled) ? (yes(rule.positive) ? 'together' : 'apart') : 'off';

const ruleOf = (word = 'off', must = ''): AffinityRule => ({
  enabled: word !== 'off',
  positive: word === 'together',
  enforcing: must === 'true',
});

function Edit(properties: { cluster: Cluster; group?: AffinityGroup; onClose: () => void }) {
  const { cluster, group, onClose } = properties;
  const { data: vms } = useList<Vm>('vms');
  const { data: hosts } = useList<Host>('hosts');
  const { data: labels } = useList<AffinityLabel>('affinity_labels');
  const { data: before } = useQuery({
    queryKey: ['sub', 'clusters', cluster.id, 'affinitygroups', group?.id ?? ''],
    queryFn: ({ signal }) =>
      group ? membersOf(cluster, group.id, signal) : { vms: [], hosts: [], vmlabels: [], hostlabels: [] },
    staleTime: 0,
  });
  if (!vms || !hosts || !labels || !before) return null;
  const choices = (all: readonly Ref[]) => all.map((each) => ({ value: each.id, label: each.name ?? each.id }));
  const options = {
    vms: choices(vms.filter((vm) => vm.cluster?.id === cluster.id)),
    hosts: choices(hosts.filter((host) => host.cluster?.id === cluster.id)),
    vmlabels: choices(labels),
    hostlabels: choices(labels),
  };
  const rule = (name: string, label: MessageKey, help: MessageKey): Field[] => [
    {
      tab: t('affinity.rules'),
      name,
      label: t(label),
      kind: 'select',
      required: true,
      help: t(help),
      options: (['off', 'together', 'apart'] as const).map((value) => ({ value, label: t(`affinity.${value}`) })),
    },
    {
      tab: t('affinity.rules'),
      name: `${name}Must`,
      label: t('affinity.mustText'),
      kind: 'switch',
      shown: (all) => all[name] !== 'off',
    },
  ];
  return (
    <FormDialog
      title={group ? t('vm.edit', { name: group.name ?? '' }) : t('affinity.new')}
      initial={{
        name: group?.name ?? '',
        description: group?.description ?? '',
        priority: String(Math.round(num(group?.priority) || 1)),
        vmsRule: group ? wordOf(group.vms_rule) : 'together',
        vmsRuleMust: yes(group?.vms_rule?.enforcing) ? 'true' : '',
        hostsRule: wordOf(group?.hosts_rule),
        hostsRuleMust: yes(group?.hosts_rule?.enforcing) ? 'true' : '',
        ...Object.fromEntries(SIDES.map(({ name }) => [name, before[name].map(({ id }) => id).join()])),
      }}
      fields={[
        { tab: t('affinity.rules'), name: 'name', label: t('col.name'), required: true },
        { tab: t('affinity.rules'), name: 'description', label: t('col.description') },
        ...rule('vmsRule', 'affinity.vmsRule', 'affinity.vmsRuleHelp'),
        ...rule('hostsRule', 'affinity.hostsRule', 'affinity.hostsRuleHelp'),
        {
          tab: t('affinity.rules'),
          name: 'priority',
          label: t('affinity.priority'),
          kind: 'number',
          help: t('affinity.priorityHelp'),
          wrong: between(1, 1_000_000),
        },
        ...sides().map(({ name, title }) => ({
          tab: t(title),
          name,
          label: t(title),
          kind: 'several' as const,
          options: options[name],
        })),
      ]}
      submit={t(group ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          description: values.description,
          ...(values.priority && { priority: values.priority }),
          vms_rule: ruleOf(values.vmsRule, values.vmsRuleMust),
          hosts_rule: ruleOf(values.hostsRule, values.hostsRuleMust),
        };
        const made = await (group
          ? put<AffinityGroup>(`${placeOf(cluster)}/${group.id}`, body)
          : post<AffinityGroup>(placeOf(cluster), body));
        try {
          for (const { name } of sides()) {
            const wanted = new Set((values[name] ?? '').split(',').filter(Boolean));
            const had = new Set(before[name].map(({ id }) => id));
            const place = `${placeOf(cluster)}/${made.id}/${name}`;
            for (const id of had) if (!wanted.has(id)) await remove(`${place}/${id}`);
            for (const id of wanted) if (!had.has(id)) await post(place, { id });
          }
        } finally {
          await again(cluster);
        }
      }}
    />
  );
}
