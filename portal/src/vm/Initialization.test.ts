import { expect, test } from 'vitest';
import { initialization, initializationFields, initializationValues } from './Initialization';

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
