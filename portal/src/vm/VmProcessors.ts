import type { Vm } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { inheritable, migrationPolicies } from '../inventory/clusterRules';
import { between, type Field, type Values } from '../ui/FormDialog';

/** "0=1-3", one a line, as the API wants them; undefined when it is none of that. */
export function readPins(text: string): { vcpu: string; cpu_set: string }[] | undefined {
  const all = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => /^(\d{1,4})\s*=\s*([\d,^-]+)$/.exec(line));
  return all.every((each) => each !== null)
    ? all.map((each) => ({ vcpu: each?.[1] ?? '', cpu_set: each?.[2] ?? '' }))
    : undefined;
}

/** Where a machine's processors run, and how it moves. */
export function processorFields(tab: string): Field[] {
  return [
    {
      tab,
      name: 'pinning',
      label: t('vm.pinning'),
      kind: 'select',
      required: true,
      help: t('vm.pinningHelp'),
      options: (['none', 'manual', 'dedicated', 'isolate_threads', 'resize_and_pin_numa'] as const).map((value) => ({
        value,
        label: t(`pinning.${value}` as MessageKey),
      })),
    },
    {
      tab,
      name: 'pins',
      label: t('vm.pins'),
      kind: 'lines',
      help: t('vm.pinsHelp'),
      shown: (all) => all.pinning === 'manual',
      wrong: (value) => (readPins(value) ? undefined : t('vm.pinsHelp')),
    },
    {
      tab,
      name: 'migrationPolicy',
      label: t('migration.policy'),
      kind: 'select',
      required: true,
      options: [{ value: 'inherit', label: t('migration.ofCluster') }, ...migrationPolicies()],
    },
    {
      tab,
      name: 'encrypted',
      label: t('migration.encrypted'),
      kind: 'select',
      required: true,
      options: inheritable(),
    },
    {
      tab,
      name: 'downtime',
      label: t('migration.downtime'),
      kind: 'number',
      help: t('migration.downtimeHelp'),
      wrong: between(1, 600_000),
    },
  ];
}

export const processorValues = (vm: Vm): Values => {
  const pins = vm.cpu?.cpu_tune?.vcpu_pins?.vcpu_pin ?? [];
  const downtime = Number(vm.migration_downtime ?? -1);
  return {
    pinning: vm.cpu_pinning_policy ?? (pins.length > 0 ? 'manual' : 'none'),
    pins: pins.map(({ vcpu, cpu_set }) => `${vcpu}=${cpu_set}`).join('\n'),
    migrationPolicy: vm.migration?.policy?.id || 'inherit',
    encrypted: vm.migration?.encrypted ?? 'inherit',
    downtime: downtime > 0 ? String(downtime) : '',
  };
};

export const processorsDecided = (now: Values, changed: (...names: string[]) => boolean) => ({
  ...(changed('pinning') && { cpu_pinning_policy: now.pinning }),
  ...(changed('migrationPolicy', 'encrypted') && {
    migration: {
      // An empty id takes back what was decided before.
      ...(changed('migrationPolicy') && {
        policy: { id: now.migrationPolicy === 'inherit' ? '' : now.migrationPolicy },
      }),
      ...(changed('encrypted') && { encrypted: now.encrypted }),
    },
  }),
  ...(changed('downtime') && { migration_downtime: now.downtime || '-1' }),
});

/** Pins are a part of the processors, which may have changed otherwise too. */
export const pinsDecided = (now: Values, changed: (...names: string[]) => boolean) =>
  changed('pins', 'pinning')
    ? { cpu_tune: { vcpu_pins: { vcpu_pin: now.pinning === 'manual' ? (readPins(now.pins ?? '') ?? []) : [] } } }
    : {};
