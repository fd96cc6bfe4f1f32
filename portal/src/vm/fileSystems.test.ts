import { expect, test } from 'vitest';
import { fileSystems, fullness } from './fileSystems';

const told = (detail: string) => [{ id: '1', name: 'disks.usage', values: { value: [{ detail }] } }];

test('what the guest tells of its file systems is read', () => {
  const read = fileSystems(told('[{"path":"/","total":"1000","used":"251","fs":"ext4"},{"path":"/run","total":"0"}]'));
  expect(read).toEqual([
    { id: '0', path: '/', type: 'ext4', total: 1000, used: 251 },
    { id: '1', path: '/run', type: '', total: 0, used: 0 },
  ]);
  expect(read.map(fullness)).toEqual([25, undefined]);
});

test('a guest that tells nothing or nonsense has none', () => {
  expect(fileSystems([])).toEqual([]);
  expect(fileSystems(told('{'))).toEqual([]);
  expect(fileSystems(told('{"path":"/"}'))).toEqual([]);
});
