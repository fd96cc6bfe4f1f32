import { put } from '../api/client';
import { useList, useSub } from '../api/queries';
import { served } from '../api/served';
import {
  type Cluster,
  type Host,
  type Num,
  num,
  type Profile,
  type Quota,
  type StorageDomain,
  type Vm,
  yes,
} from '../api/types';
import { type MessageKey, t } from '../i18n';
import { between, type Field, FormDialog, named, type Values } from '../ui/FormDialog';
import { initializationDecided, initializationFields, initializationOf, initializationValues } from './Initialization';
import { type OperatingSystem, systemOptions, useSystems } from './systems';
import { extraFields, extrasDecided, extraValues } from './VmExtras';
import { pinsDecided, processorFields, processorsDecided, processorValues } from './VmProcessors';

const MIB = 1024 * 1024;

const options = (prefix: string, values: readonly string[]) =>
  values.map((value) => ({ value, label: t(`${prefix}.${value}` as MessageKey) }));

interface Choices {
  domains: readonly StorageDomain[];
  profiles: readonly Profile[];
  quotas: readonly Quota[];
  hosts: readonly Host[];
  systems: readonly OperatingSystem[];
}

const refs = (all: readonly { id: string; name?: string }[]) =>
  all.map((each) => ({ value: each.id, label: each.name ?? each.id }));

/** All that is decided of a machine, by tab. */
function fields(vm: Vm, { domains, profiles, quotas, hosts, systems }: Choices): Field[] {
  const system = vm.os?.type ?? 'other';
  const memory = between(16, 16 * 1024 * 1024);
  const cpus = between(1, 254);
  return [
    { tab: t('tab.general'), name: 'name', label: t('col.name'), required: true, wrong: named(255) },
    { tab: t('tab.general'), name: 'description', label: t('col.description') },
    { tab: t('tab.general'), name: 'comment', label: t('col.comment') },
    {
      tab: t('tab.general'),
      name: 'os',
      label: t('col.os'),
      kind: 'select',
      required: true,
      options: systemOptions(systems, system),
    },
    {
      tab: t('tab.general'),
      name: 'type',
      label: t('col.vmType'),
      kind: 'select',
      required: true,
      options: options('vm', ['server', 'desktop', 'high_performance']),
    },
    { tab: t('vm.system'), name: 'memory', label: t('vm.memory'), kind: 'number', required: true, wrong: memory },
    {
      tab: t('vm.system'),
      name: 'guaranteed',
      label: t('vm.guaranteed'),
      kind: 'number',
      help: t('vm.guaranteedHelp'),
      // Untouched limits follow the memory.
      wrong: (value, all) =>
        memory(value) ??
        (value !== mib(vm.memory_policy?.guaranteed) && Number(value) > Number(all.memory)
          ? t('vm.guaranteedMost')
          : undefined),
    },
    {
      tab: t('vm.system'),
      name: 'most',
      label: t('vm.most'),
      kind: 'number',
      help: t('vm.mostHelp'),
      wrong: (value, all) =>
        memory(value) ??
        (value !== mib(vm.memory_policy?.max) && Number(value) < Number(all.memory) ? t('vm.mostLeast') : undefined),
    },
    { tab: t('vm.system'), name: 'balloon', label: t('vm.balloon'), kind: 'switch' },
    { tab: t('vm.system'), name: 'sockets', label: t('vm.sockets'), kind: 'number', required: true, wrong: cpus },
    { tab: t('vm.system'), name: 'cores', label: t('vm.cores'), kind: 'number', required: true, wrong: cpus },
    { tab: t('vm.system'), name: 'threads', label: t('vm.threads'), kind: 'number', required: true, wrong: cpus },
    {
      tab: t('col.boot'),
      name: 'firmware',
      label: t('col.firmware'),
      kind: 'select',
      required: true,
      options: options('firmware', [
        'cluster_default',
        'q35_sea_bios',
        'i440fx_sea_bios',
        'q35_ovmf',
        'q35_secure_boot',
      ]),
    },
    {
      tab: t('col.boot'),
      name: 'first',
      label: t('vm.bootFirst'),
      kind: 'select',
      required: true,
      options: options('boot', ['hd', 'cdrom', 'network']),
    },
    {
      tab: t('col.boot'),
      name: 'second',
      label: t('vm.bootSecond'),
      kind: 'select',
      options: options('boot', ['hd', 'cdrom', 'network']),
      wrong: (value, all) => (value === all.first ? t('vm.bootTwice') : undefined),
    },
    { tab: t('col.boot'), name: 'menu', label: t('vm.bootMenu'), kind: 'switch' },
    ...initializationFields(t('tab.initialRun'), true),
    { tab: t('tab.console'), name: 'serial', label: t('vm.serial'), kind: 'switch' },
    { tab: t('col.ha'), name: 'ha', label: t('vm.ha'), kind: 'switch' },
    {
      tab: t('col.ha'),
      name: 'lease',
      label: t('vm.lease'),
      kind: 'select',
      required: true,
      help: t('vm.leaseHelp'),
      options: [{ value: 'none', label: t('vm.noLease') }, ...refs(domains)],
    },
    {
      tab: t('col.ha'),
      name: 'storageError',
      label: t('vm.storageError'),
      kind: 'select',
      required: true,
      options: options('storageError', ['auto_resume', 'leave_paused', 'kill']),
    },
    {
      tab: t('col.host'),
      name: 'affinity',
      label: t('vm.migration'),
      kind: 'select',
      required: true,
      options: options('vmAffinity', ['migratable', 'user_migratable', 'pinned']),
    },
    {
      tab: t('col.host'),
      name: 'hosts',
      label: t('vm.hosts'),
      kind: 'several',
      help: t('vm.hostsHelp'),
      options: refs(hosts),
      wrong: (value, all) => (all.affinity === 'pinned' && !value ? t('field.required') : undefined),
    },
    ...processorFields(t('col.host')),
    {
      tab: t('vm.resources'),
      name: 'profile',
      label: t('vm.cpuProfile'),
      kind: 'select',
      required: vm.cpu_profile !== undefined,
      shown: () => profiles.length > 0,
      options: refs(profiles),
    },
    {
      tab: t('vm.resources'),
      name: 'quota',
      label: t('kind.quotas.one'),
      kind: 'select',
      required: vm.quota !== undefined,
      shown: () => quotas.length > 0,
      options: refs(quotas),
    },
    {
      tab: t('vm.resources'),
      name: 'ioThreads',
      label: t('vm.ioThreads'),
      kind: 'number',
      help: t('vm.ioThreadsHelp'),
      wrong: between(0, 16),
    },
    { tab: t('vm.resources'), name: 'scsi', label: t('vm.scsi'), kind: 'switch' },
    { tab: t('vm.resources'), name: 'sound', label: t('vm.sound'), kind: 'switch' },
    { tab: t('vm.resources'), name: 'tpm', label: t('vm.tpm'), kind: 'switch', help: t('vm.tpmHelp') },
    ...extraFields(t('vm.resources')),
    {
      tab: t('vm.resources'),
      name: 'emulated',
      label: t('vm.emulated'),
      help: t('vm.emulatedHelp'),
      wrong: libvirtName,
    },
    {
      tab: t('vm.resources'),
      name: 'cpuModel',
      label: t('vm.cpuModel'),
      help: t('vm.emulatedHelp'),
      wrong: libvirtName,
    },
    { tab: t('tab.general'), name: 'stateless', label: t('vm.stateless'), kind: 'switch', help: t('vm.statelessHelp') },
    { tab: t('tab.general'), name: 'protect', label: t('vm.protect'), kind: 'switch', help: t('vm.protectHelp') },
  ];
}

const libvirtName = (value: string) => (/^[\w.-]{1,64}$/.test(value) ? undefined : t('field.name', { max: 64 }));

const mib = (value: Num | undefined) => (value === undefined ? '' : String(Math.floor(num(value) / MIB)));

const initial = (vm: Vm): Values => ({
  name: vm.name ?? '',
  description: vm.description ?? '',
  comment: vm.comment ?? '',
  os: vm.os?.type ?? 'other',
  type: vm.type ?? 'server',
  memory: mib(vm.memory),
  guaranteed: mib(vm.memory_policy?.guaranteed),
  most: mib(vm.memory_policy?.max),
  balloon: vm.memory_policy?.ballooning === undefined || yes(vm.memory_policy.ballooning) ? 'true' : '',
  sockets: String(vm.cpu?.topology?.sockets ?? 1),
  cores: String(vm.cpu?.topology?.cores ?? 1),
  threads: String(vm.cpu?.topology?.threads ?? 1),
  firmware: vm.bios?.type ?? 'cluster_default',
  first: vm.os?.boot?.devices?.device?.[0] ?? 'hd',
  second: vm.os?.boot?.devices?.device?.[1] ?? '',
  serial: vm.console?.enabled === undefined || yes(vm.console.enabled) ? 'true' : '',
  ha: yes(vm.high_availability?.enabled) ? 'true' : '',
  lease: vm.lease?.storage_domain?.id ?? 'none',
  storageError: vm.storage_error_resume_behaviour ?? 'auto_resume',
  affinity: vm.placement_policy?.affinity ?? 'migratable',
  hosts: vm.placement_policy?.hosts?.host?.map(({ id }) => id).join() ?? '',
  profile: vm.cpu_profile?.id ?? '',
  quota: vm.quota?.id ?? '',
  ioThreads: String(vm.io?.threads ?? 0),
  scsi: yes(vm.virtio_scsi?.enabled) ? 'true' : '',
  sound: yes(vm.soundcard_enabled) ? 'true' : '',
  tpm: yes(vm.tpm_enabled) ? 'true' : '',
  emulated: vm.custom_emulated_machine ?? '',
  cpuModel: vm.custom_cpu_model ?? '',
  stateless: yes(vm.stateless) ? 'true' : '',
  protect: yes(vm.delete_protected) ? 'true' : '',
  menu: yes(vm.bios?.boot_menu?.enabled) ? 'true' : '',
  ...initializationValues(initializationOf(vm)),
  ...extraValues(vm),
  ...processorValues(vm),
});

/** Only what somebody changed: what is not sent stays as it is. */
function decided(before: Values, now: Values): Record<string, unknown> {
  const changed = (...names: string[]) => names.some((name) => before[name] !== now[name]);
  const size = (value: string | undefined) => (value ? String(Number(value) * MIB) : undefined);
  return {
    ...Object.fromEntries(
      ['name', 'description', 'comment', 'type'].filter((name) => changed(name)).map((name) => [name, now[name]]),
    ),
    ...(changed('os', 'first', 'second') && {
      os: {
        ...(changed('os') && { type: now.os }),
        ...(changed('first', 'second') && { boot: { devices: { device: [now.first, now.second].filter(Boolean) } } }),
      },
    }),
    ...(changed('memory') && { memory: size(now.memory) }),
    ...(changed('guaranteed', 'most', 'balloon') && {
      memory_policy: {
        ...(changed('guaranteed') && now.guaranteed && { guaranteed: size(now.guaranteed) }),
        ...(changed('most') && now.most && { max: size(now.most) }),
        ...(changed('balloon') && { ballooning: now.balloon === 'true' }),
      },
    }),
    ...(changed('sockets', 'cores', 'threads', 'pins', 'pinning') && {
      cpu: {
        ...(changed('sockets', 'cores', 'threads') && {
          topology: { sockets: now.sockets, cores: now.cores, threads: now.threads },
        }),
        ...pinsDecided(now, changed),
      },
    }),
    ...processorsDecided(now, changed),
    ...(changed('firmware', 'menu') && {
      bios: {
        ...(changed('firmware') && { type: now.firmware }),
        ...(changed('menu') && { boot_menu: { enabled: now.menu === 'true' } }),
      },
    }),
    ...(changed(...Object.keys(now).filter((name) => name.startsWith('init'))) && {
      initialization: initializationDecided(before, now),
    }),
    ...extrasDecided(now, changed),
    ...(changed('serial') && { console: { enabled: now.serial === 'true' } }),
    ...(changed('ha') && { high_availability: { enabled: now.ha === 'true' } }),
    ...(changed('lease') && { lease: now.lease === 'none' ? {} : { storage_domain: { id: now.lease } } }),
    ...(changed('affinity', 'hosts') && {
      placement_policy: {
        affinity: now.affinity,
        hosts: {
          host: (now.hosts ?? '')
            .split(',')
            .filter(Boolean)
            .map((id) => ({ id })),
        },
      },
    }),
    ...(changed('profile') && now.profile && { cpu_profile: { id: now.profile } }),
    ...(changed('quota') && now.quota && { quota: { id: now.quota } }),
    ...(changed('ioThreads') && { io: { threads: now.ioThreads || '0' } }),
    ...(changed('scsi') && { virtio_scsi: { enabled: now.scsi === 'true' } }),
    ...(changed('sound') && { soundcard_enabled: now.sound === 'true' }),
    ...(changed('tpm') && { tpm_enabled: now.tpm === 'true' }),
    ...(changed('emulated') && { custom_emulated_machine: now.emulated }),
    ...(changed('cpuModel') && { custom_cpu_model: now.cpuModel }),
    ...(changed('stateless') && { stateless: now.stateless === 'true' }),
    ...(changed('protect') && { delete_protected: now.protect === 'true' }),
    ...(changed('storageError') && { storage_error_resume_behaviour: now.storageError }),
  };
}

export function VmDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data: domains = [] } = useList<StorageDomain>('storage_domains');
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const { data: profiles = [] } = useSub<Profile>(
    'clusters',
    vm.cluster?.id ?? '',
    'cpuprofiles',
    undefined,
    vm.cluster !== undefined && served('cpu_profiles.list'),
  );
  const { data: quotas = [] } = useList<Quota>('quotas', '', served('quotas.list'));
  const center = clusters.find(({ id }) => id === vm.cluster?.id)?.data_center?.id;
  const { data: hosts = [] } = useList<Host>('hosts');
  const systems = useSystems();
  const before = initial(vm);
  const shared = domains.filter((domain) => domain.type === 'data' && domain.storage?.type !== 'localfs');
  return (
    <FormDialog
      title={t('vm.edit', { name: vm.name ?? '' })}
      fields={fields(vm, {
        domains: shared,
        profiles,
        systems,
        hosts: hosts.filter(({ cluster }) => cluster?.id === vm.cluster?.id),
        quotas: quotas.filter(({ data_center }) => data_center?.id === center),
      })}
      initial={before}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = decided(before, values);
        if (Object.keys(body).length > 0) await put(`/vms/${vm.id}`, body);
      }}
    >
      {vm.status !== 'down' && <p className="bw-quiet">{t('vm.nextRun')}</p>}
    </FormDialog>
  );
}
