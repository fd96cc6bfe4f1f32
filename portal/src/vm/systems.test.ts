import { expect, test } from 'vitest';
import { madeFor, suits, systemOptions } from './systems';

test('a machine is made with what its system needs', () => {
  expect(madeFor({ name: 'debian12', tpm_support: 'supported' })).toEqual({
    os: { type: 'debian12' },
    memory: String(2 * 1024 ** 3),
  });
  expect(madeFor({ name: 'windows_11', tpm_support: 'required' })).toEqual({
    os: { type: 'windows_11' },
    memory: String(4 * 1024 ** 3),
    tpm_enabled: true,
    bios: { type: 'q35_secure_boot' },
  });
});

test('a Windows gets devices that its Setup has drivers for', () => {
  expect(suits('windows_2025')).toMatchObject({ disk: 'sata', nic: 'e1000e' });
  expect(suits('debian12')).toMatchObject({ disk: 'virtio', nic: 'virtio' });
  expect(suits(undefined)).toMatchObject({ disk: 'virtio', nic: 'virtio' });
});

test('a system that is no longer listed can still be kept', () => {
  const options = systemOptions([{ name: 'debian12', description: 'Debian 12' }], 'debian8');
  expect(options.map(({ value }) => value)).toEqual(['debian8', 'debian12']);
});
