import type { Template, Vm } from '../api/types';
import { t } from '../i18n';
import type { Field, Values } from '../ui/FormDialog';

/** What cloud-init is told at a machine's first start. */
export interface Initialization {
  host_name?: string;
  timezone?: string;
  user_name?: string;
  root_password?: string;
  authorized_ssh_keys?: string;
  dns_servers?: string;
  dns_search?: string;
  custom_script?: string;
  regenerate_ssh_keys?: string | boolean;
  org_name?: string;
  domain?: string;
  active_directory_ou?: string;
  windows_license_key?: string;
  input_locale?: string;
  ui_language?: string;
  system_locale?: string;
  user_locale?: string;
  nic_configurations?: {
    nic_configuration?: {
      name?: string;
      boot_protocol?: string;
      on_boot?: string | boolean;
      ip?: { address?: string; netmask?: string; gateway?: string };
    }[];
  };
}

const address = (value: string) => (/^[\da-fA-F:.]+$/.test(value) ? undefined : t('field.address'));
const addresses = (value: string) =>
  value.split(/\s+/).every((each) => !address(each)) ? undefined : t('field.address');

/** Those for a dialog; `kept` says that what is decided there stays, so that a password can be taken away again. */
export function initializationFields(tab: string, kept = false): Field[] {
  const on = (all: Values) => all.init === 'true';
  const windows = (all: Values) => on(all) && (all.os ?? '').startsWith('windows');
  const cloud = (all: Values) => on(all) && !windows(all);
  const still = (all: Values) => cloud(all) && all.initProtocol === 'static';
  return [
    { tab, name: 'init', label: t('init.use'), kind: 'switch' },
    { tab, name: 'initHost', label: t('init.host'), shown: on },
    { tab, name: 'initUser', label: t('init.user'), shown: cloud },
    { tab, name: 'initPassword', label: t('init.password'), kind: 'password', shown: cloud },
    ...(kept
      ? [
          {
            tab,
            name: 'initForget',
            label: t('init.forget'),
            kind: 'switch' as const,
            shown: (all: Values) => cloud(all) && !all.initPassword,
          },
        ]
      : []),
    { tab, name: 'initKeys', label: t('init.keys'), kind: 'lines', shown: cloud },
    { tab, name: 'initNewKeys', label: t('init.newKeys'), kind: 'switch', shown: cloud },
    { tab, name: 'initZone', label: t('col.timezone'), shown: on, help: t('init.zoneHelp') },
    { tab, name: 'initOrganisation', label: t('init.organisation'), shown: windows },
    { tab, name: 'initDomain', label: t('init.domain'), shown: windows },
    { tab, name: 'initUnit', label: t('init.unit'), shown: windows, help: 'OU=Desks,DC=example,DC=org' },
    { tab, name: 'initKey', label: t('init.productKey'), shown: windows },
    { tab, name: 'initLocale', label: t('init.locale'), shown: windows, help: t('init.localeHelp') },
    { tab, name: 'initNic', label: t('init.nic'), shown: cloud, help: t('init.nicHelp') },
    {
      tab,
      name: 'initProtocol',
      label: t('init.protocol'),
      kind: 'select',
      shown: (all) => cloud(all) && Boolean(all.initNic),
      options: [
        { value: 'dhcp', label: 'DHCP' },
        { value: 'static', label: t('init.static') },
      ],
    },
    { tab, name: 'initAddress', label: t('init.address'), required: true, shown: still, wrong: address },
    { tab, name: 'initNetmask', label: t('init.netmask'), required: true, shown: still, wrong: address },
    { tab, name: 'initGateway', label: t('init.gateway'), shown: still, wrong: address },
    { tab, name: 'initDns', label: t('init.dns'), shown: cloud, help: t('init.dnsHelp'), wrong: addresses },
    { tab, name: 'initSearch', label: t('init.search'), shown: cloud },
    { tab, name: 'initScript', label: t('init.script'), kind: 'lines', shown: on, help: t('init.scriptHelp') },
  ];
}

export function initializationValues(init: Initialization | undefined): Values {
  const nic = init?.nic_configurations?.nic_configuration?.[0];
  return {
    init: init && Object.keys(init).length > 0 ? 'true' : '',
    initHost: init?.host_name ?? '',
    initUser: init?.user_name ?? '',
    initPassword: '',
    initForget: '',
    initKeys: init?.authorized_ssh_keys ?? '',
    initZone: init?.timezone ?? '',
    initNic: nic?.name ?? '',
    initProtocol: nic?.boot_protocol ?? 'dhcp',
    initAddress: nic?.ip?.address ?? '',
    initNetmask: nic?.ip?.netmask ?? '',
    initGateway: nic?.ip?.gateway ?? '',
    initDns: init?.dns_servers ?? '',
    initSearch: init?.dns_search ?? '',
    initScript: init?.custom_script ?? '',
    initNewKeys: init?.regenerate_ssh_keys === true || init?.regenerate_ssh_keys === 'true' ? 'true' : '',
    initOrganisation: init?.org_name ?? '',
    initDomain: init?.domain ?? '',
    initUnit: init?.active_directory_ou ?? '',
    initKey: init?.windows_license_key ?? '',
    initLocale: init?.ui_language ?? '',
  };
}

export function initialization(values: Values): Initialization | undefined {
  if (values.init !== 'true') return undefined;
  const text = (name: string) => values[name] || undefined;
  const all = {
    host_name: text('initHost'),
    user_name: text('initUser'),
    root_password: text('initPassword'),
    authorized_ssh_keys: text('initKeys'),
    timezone: text('initZone'),
    dns_servers: text('initDns'),
    dns_search: text('initSearch'),
    custom_script: text('initScript'),
    // Said when it is wanted, and when it was and is no longer.
    regenerate_ssh_keys: values.initNewKeys === undefined ? undefined : values.initNewKeys === 'true',
    org_name: text('initOrganisation'),
    domain: text('initDomain'),
    active_directory_ou: text('initUnit'),
    windows_license_key: text('initKey'),
    input_locale: text('initLocale'),
    ui_language: text('initLocale'),
    system_locale: text('initLocale'),
    user_locale: text('initLocale'),
    nic_configurations: values.initNic
      ? {
          nic_configuration: [
            {
              name: values.initNic,
              boot_protocol: values.initProtocol || 'dhcp',
              on_boot: true,
              ...(values.initProtocol === 'static' && {
                ip: {
                  version: 'v4',
                  address: values.initAddress,
                  netmask: values.initNetmask,
                  ...(values.initGateway && { gateway: values.initGateway }),
                },
              }),
            },
          ],
        }
      : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Initialization;
}

/** What is to be sent of a change: what was there and is no longer is said to be nothing, for what is left out stays. */
export function initializationDecided(before: Values, now: Values): Initialization {
  const said = initialization(now);
  if (!said) return {};
  const gone = Object.keys(initialization(before) ?? {}).filter((name) => !(name in said));
  const nothing = (name: string) => (name === 'nic_configurations' ? { nic_configuration: [] } : '');
  if (now.initForget === 'true' && !said.root_password) gone.push('root_password');
  return { ...said, ...Object.fromEntries(gone.map((name) => [name, nothing(name)])) };
}

export const initializationOf = (of: Vm | Template) => (of as { initialization?: Initialization }).initialization;

/** What a guest is told at its first boot, in a line. */
export function initializationTold(of: Vm | Template): string {
  const init = initializationOf(of);
  if (!init) return '';
  const said: [string, string | undefined][] = [
    [t('init.host'), init.host_name],
    [t('init.user'), init.user_name],
    [t('col.timezone'), init.timezone],
    [t('init.dns'), init.dns_servers],
    [t('init.domain'), init.domain],
  ];
  return said
    .filter(([, value]) => value)
    .map(([label, value]) => `${label}: ${value}`)
    .join(' · ');
}
