import type { Vm } from '../api/types';
import { num, yes } from '../api/types';
import { type MessageKey, t } from '../i18n';
import type { Field, Values } from '../ui/FormDialog';

/** "name=value", one a line, as the API wants them; undefined when it is none of that. */
export function readProperties(text: string): { name: string; value: string }[] | undefined {
  const all = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => /^([\w.-]+)\s*=\s*(.+)$/.exec(line));
  return all.every((each) => each !== null)
    ? all.map((each) => ({ name: each?.[1] ?? '', value: each?.[2] ?? '' }))
    : undefined;
}

const choices = (prefix: string, values: readonly string[]) =>
  values.map((value) => ({ value, label: t(`${prefix}.${value}` as MessageKey) }));

/** Without a screen a machine has no monitors. */
const HEADLESS = 'none';

/** Devices that few machines need, and what hooks of hosts are told. */
export function extraFields(tab: string): Field[] {
  return [
    { tab, name: 'zone', label: t('vm.zone'), required: true, help: t('vm.zoneHelp') },
    { tab, name: 'usb', label: t('vm.usb'), kind: 'switch' },
    {
      tab,
      name: 'rng',
      label: t('vm.rng'),
      kind: 'select',
      required: true,
      options: choices('rng', ['urandom', 'hwrng']),
    },
    {
      tab,
      name: 'video',
      label: t('vm.video'),
      kind: 'select',
      required: true,
      options: [
        ...['vga', 'bochs', 'cirrus', 'qxl'].map((value) => ({ value, label: value.toUpperCase() })),
        { value: HEADLESS, label: t('vm.headless') },
      ],
    },
    {
      tab,
      name: 'properties',
      label: t('vm.properties'),
      kind: 'lines',
      help: t('vm.propertiesHelp'),
      wrong: (value) => (readProperties(value) ? undefined : t('vm.propertiesWrong')),
    },
  ];
}

export const extraValues = (vm: Vm): Values => ({
  zone: vm.time_zone?.name ?? 'Etc/GMT',
  usb: yes(vm.usb?.enabled) ? 'true' : '',
  rng: vm.rng_device?.source ?? 'urandom',
  video:
    vm.display?.monitors !== undefined && num(vm.display.monitors) === 0 ? HEADLESS : (vm.display?.video_type ?? 'vga'),
  properties: (vm.custom_properties?.custom_property ?? []).map(({ name, value }) => `${name}=${value}`).join('\n'),
});

export const extrasDecided = (now: Values, changed: (...names: string[]) => boolean) => ({
  ...(changed('zone') && { time_zone: { name: now.zone } }),
  ...(changed('usb') && { usb: now.usb === 'true' ? { enabled: true, type: 'native' } : { enabled: false } }),
  ...(changed('rng') && { rng_device: { source: now.rng } }),
  ...(changed('video') && {
    display: now.video === HEADLESS ? { monitors: '0' } : { video_type: now.video, monitors: '1' },
  }),
  ...(changed('properties') && { custom_properties: { custom_property: readProperties(now.properties ?? '') ?? [] } }),
});
