import { type Cluster, num, yes } from '../api/types';
import { t } from '../i18n';
import { between, type Field, type Values } from '../ui/FormDialog';

/** What is done when a machine changes its memory faster than it is sent, by the ids that the API knows. */
export const migrationPolicies = () =>
  (
    [
      ['80554327-0569-496b-bdeb-fcbbf52b827b', 'migration.minimal'],
      ['80554327-0569-496b-bdeb-fcbbf52b827c', 'migration.suspend'],
      ['a7aeedb2-8d66-4e51-bb22-32595027ce71', 'migration.postCopy'],
      ['57237b82-b8c2-425f-b425-114b35219626', 'migration.large'],
      ['00000000-0000-0000-0000-000000000000', 'migration.legacy'],
    ] as const
  ).map(([value, label]) => ({ value, label: t(label) }));

/** As the API says whether something is so here: it is, it is not, or somebody else decides. */
export const inheritable = () =>
  (['inherit', 'true', 'false'] as const).map((value) => ({ value, label: t(`migration.${value}`) }));

/** How a cluster's machines migrate, and what is done about its hosts that are silent. */
export function clusterRules(): Field[] {
  const migration = t('migration.title');
  const fencing = t('fencing.title');
  return [
    {
      tab: migration,
      name: 'migrationPolicy',
      label: t('migration.policy'),
      kind: 'select',
      required: true,
      help: t('migration.policyHelp'),
      options: migrationPolicies(),
    },
    {
      tab: migration,
      name: 'bandwidth',
      label: t('migration.bandwidth'),
      kind: 'number',
      help: t('migration.bandwidthHelp'),
      wrong: between(1, 1_000_000),
    },
    ...(['encrypted', 'compressed', 'autoConverge'] as const).map(
      (name): Field => ({
        tab: migration,
        name,
        label: t(`migration.${name}`),
        kind: 'select',
        required: true,
        options: inheritable(),
      }),
    ),
    ...(['merge', 'acrossNodes', 'ballooning'] as const).map(
      (name): Field => ({
        tab: t('memory.title'),
        name,
        label: t(`memory.${name}`),
        kind: 'switch',
        shown: (all) => name !== 'acrossNodes' || all.merge === 'true',
      }),
    ),
    { tab: fencing, name: 'fencing', label: t('fencing.enabled'), kind: 'switch' },
    {
      tab: fencing,
      name: 'spareRenewing',
      label: t('fencing.spareRenewing'),
      kind: 'switch',
      shown: (all) => all.fencing === 'true',
    },
    {
      tab: fencing,
      name: 'spareSilent',
      label: t('fencing.spareSilent'),
      kind: 'number',
      help: t('fencing.spareSilentHelp'),
      wrong: between(1, 100),
      shown: (all) => all.fencing === 'true',
    },
  ];
}

export function clusterRuleValues(cluster: Cluster | undefined): Values {
  const migration = cluster?.migration;
  const fencing = cluster?.fencing_policy;
  const broken = fencing?.skip_if_connectivity_broken;
  return {
    migrationPolicy: migration?.policy?.id ?? '80554327-0569-496b-bdeb-fcbbf52b827b',
    bandwidth:
      migration?.bandwidth?.assignment_method === 'custom' ? String(num(migration.bandwidth.custom_value) || '') : '',
    encrypted: migration?.encrypted ?? 'inherit',
    compressed: migration?.compressed ?? 'inherit',
    autoConverge: migration?.auto_converge ?? 'inherit',
    merge: cluster?.ksm?.enabled === undefined || yes(cluster.ksm.enabled) ? 'true' : '',
    acrossNodes: cluster?.ksm?.merge_across_nodes === undefined || yes(cluster.ksm.merge_across_nodes) ? 'true' : '',
    ballooning: cluster?.ballooning_enabled === undefined || yes(cluster.ballooning_enabled) ? 'true' : '',
    fencing: fencing?.enabled === undefined || yes(fencing.enabled) ? 'true' : '',
    spareRenewing: yes(fencing?.skip_if_sd_active?.enabled) ? 'true' : '',
    spareSilent: broken && yes(broken.enabled) ? String(broken.threshold ?? '') : '',
  };
}

/** Only what somebody changed: what is not sent stays as it is. */
export function clusterRulesDecided(before: Values, now: Values): Record<string, unknown> {
  const changed = (...names: string[]) => names.some((name) => (before[name] ?? '') !== (now[name] ?? ''));
  const migration = {
    ...(changed('migrationPolicy') && { policy: { id: now.migrationPolicy } }),
    ...(changed('bandwidth') && {
      bandwidth: now.bandwidth
        ? { assignment_method: 'custom', custom_value: now.bandwidth }
        : { assignment_method: 'auto' },
    }),
    ...(changed('encrypted') && { encrypted: now.encrypted }),
    ...(changed('compressed') && { compressed: now.compressed }),
    ...(changed('autoConverge') && { auto_converge: now.autoConverge }),
  };
  const fencing = {
    ...(changed('fencing') && { enabled: now.fencing === 'true' }),
    ...(changed('spareRenewing') && { skip_if_sd_active: { enabled: now.spareRenewing === 'true' } }),
    ...(changed('spareSilent') && {
      skip_if_connectivity_broken: now.spareSilent ? { enabled: true, threshold: now.spareSilent } : { enabled: false },
    }),
  };
  return {
    ...(Object.keys(migration).length > 0 && { migration }),
    ...(Object.keys(fencing).length > 0 && { fencing_policy: fencing }),
    ...(changed('merge', 'acrossNodes') && {
      ksm: { enabled: now.merge === 'true', merge_across_nodes: now.acrossNodes === 'true' },
    }),
    ...(changed('ballooning') && { ballooning_enabled: now.ballooning === 'true' }),
  };
}
