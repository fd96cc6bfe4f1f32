import { expect, test } from 'vitest';
import {
  initialization,
  initializationDecided,
  initializationFields,
  initializationTold,
  initializationValues,
} from './Initialization';

const shown = (values: Record<string, string>) =>
  initializationFields('tab')
    .filter((field) => field.shown?.(values) ?? true)
    .map(({ name }) => name);

test('a Windows is asked what its Setup wants, and nothing that only cloud-init reads', () => {
  const windows = shown({ init: 'true', os: 'windows_2022', initNic: 'eth0' });
  expect(windows).toContain('initDomain');
  expect(windows).toContain('initLocale');
  expect(windows).not.toContain('initKeys');
  expect(windows).not.toContain('initProtocol');
  const linux = shown({ init: 'true', os: 'debian_9', initNic: 'eth0' });
  expect(linux).toContain('initNewKeys');
  expect(linux).toContain('initProtocol');
  expect(linux).not.toContain('initDomain');
  expect(shown({ init: '', os: 'windows_2022' })).toEqual(['init']);
});

test('what was decided comes back as it was', () => {
  const decided = {
    host_name: 'desk',
    org_name: 'Example',
    domain: 'example.org',
    active_directory_ou: 'OU=Desks',
    windows_license_key: 'AAAAA',
    input_locale: 'de-DE',
    ui_language: 'de-DE',
    system_locale: 'de-DE',
    user_locale: 'de-DE',
    regenerate_ssh_keys: true,
  };
  expect(initialization(initializationValues(decided))).toEqual(decided);
  expect(initialization({ ...initializationValues(decided), initNewKeys: '' })).toMatchObject({
    regenerate_ssh_keys: false,
  });
});

test('what is emptied is said to be nothing, and what is left stays', () => {
  const before = initializationValues({
    host_name: 'desk',
    dns_servers: '192.0.2.1',
    nic_configurations: { nic_configuration: [{ name: 'eth0', boot_protocol: 'dhcp' }] },
  });
  expect(initializationDecided(before, { ...before, initDns: '', initNic: '' })).toEqual({
    host_name: 'desk',
    dns_servers: '',
    nic_configurations: { nic_configuration: [] },
    regenerate_ssh_keys: false,
  });
  expect(initializationDecided(before, { ...before, init: '' })).toEqual({});
});

test('a password, which nobody is shown, is forgotten alone', () => {
  const before = initializationValues({ user_name: 'anna' });
  expect(initializationDecided(before, { ...before, initForget: 'true' })).toMatchObject({
    user_name: 'anna',
    root_password: '',
  });
  expect(initializationDecided(before, { ...before, initForget: 'true', initPassword: 'new' })).toMatchObject({
    root_password: 'new',
  });
  const names = (kept: boolean) => initializationFields('tab', kept).map(({ name }) => name);
  expect(names(true)).toContain('initForget');
  expect(names(false)).not.toContain('initForget');
});

test('what a guest is told stands in a line, and nothing where it is told nothing', () => {
  expect(initializationTold({ id: '1', initialization: { host_name: 'desk', timezone: 'UTC' } } as never)).toBe(
    'Host name of the guest: desk · Time zone: UTC',
  );
  expect(initializationTold({ id: '1' })).toBe('');
});
