import { expect, test } from 'vitest';
import { faults, USUAL, words } from './deploy';

const wish = { ...USUAL, storage: 'shared', address: '192.0.2.7/24' };

test('a wish with storage and address is whole', () => {
  expect(faults(wish)).toEqual({});
  expect(faults({ ...wish, address: 'fd00::7/64', gateway: 'fd00::1' })).toEqual({});
});

test('each fault is told at its field', () => {
  expect(Object.keys(faults({ ...wish, storage: ' ', address: '192.0.2.7', gateway: 'router', memory: '12' }))).toEqual(
    ['storage', 'address', 'gateway', 'memory'],
  );
  expect(Object.keys(faults({ ...wish, image: 'image.qcow2', name: '', processors: '0' }))).toEqual([
    'name',
    'image',
    'processors',
  ]);
});

test('what is not said is left to the command, and nothing is a word of the shell', () => {
  expect(words({ ...wish, name: '$(reboot)', gateway: '192.0.2.1' })).toEqual([
    '--storage',
    'shared',
    '--address',
    '192.0.2.7/24',
    '--gateway',
    '192.0.2.1',
    '--name',
    '$(reboot)',
    '--image',
    '/usr/share/bellwether/engine-machine.qcow2',
    '--memory',
    '4096',
    '--cpus',
    '2',
  ]);
});
