import { expect, test } from 'vitest';
import { readOptions } from '../host/PowerManagement';
import { excludes } from '../inventory/QosTab';
import { tagPath, withTag } from '../inventory/tags';
import { readRanges } from '../network/macPools';
import { readNumbers, writeNumbers } from '../vm/VmNuma';
import { readTimes } from '../vm/VmSchedules';

test('processors are written as numbers and ranges', () => {
  expect(readNumbers('0-3, 8')).toEqual([0, 1, 2, 3, 8]);
  expect(readNumbers('5 5,4')).toEqual([4, 5]);
  expect(readNumbers('')).toEqual([]);
  expect(readNumbers('3-1')).toBeUndefined();
  expect(readNumbers('all')).toBeUndefined();
  expect(writeNumbers([0, 1, 2, 3, 8, 10, 11])).toBe('0-3,8,10-11');
});

test('a range of MAC addresses has two addresses, the lower one first', () => {
  expect(readRanges('56:6f:00:00:00:00 - 56:6f:00:00:00:ff\n\n02:00:00:00:00:00-02:00:00:00:00:01')).toEqual([
    { from: '56:6f:00:00:00:00', to: '56:6f:00:00:00:ff' },
    { from: '02:00:00:00:00:00', to: '02:00:00:00:00:01' },
  ]);
  expect(readRanges('56:6f:00:00:00:ff - 56:6f:00:00:00:00')).toBeUndefined();
  expect(readRanges('56:6f:00:00:00:00')).toBeUndefined();
  expect(readRanges('from - to')).toBeUndefined();
});

test('a limit of all I/O excludes those of reading and writing, and nothing else', () => {
  expect(excludes('max_read_iops', { max_iops: '100' })).toBe(true);
  expect(excludes('max_read_throughput', { max_iops: '100' })).toBe(false);
  expect(excludes('max_iops', { max_iops: '100' })).toBe(false);
});

test('a tag is called by all that it lies below, and a circle of tags ends', () => {
  const root = { id: '00000000-0000-0000-0000-000000000000', name: 'root' };
  const production = { id: 'p', name: 'production', parent: root };
  const web = { id: 'w', name: 'web', parent: production };
  expect(tagPath(web, [root, production, web])).toBe('production / web');
  expect(withTag(web)).toBe('tag="web"');
  const one = { id: '1', name: 'one', parent: { id: '2' } };
  const two = { id: '2', name: 'two', parent: { id: '1' } };
  expect(tagPath(one, [one, two]).length).toBeLessThan(200);
});

test('options of fence agents have a name, and a value if they need one', () => {
  expect(readOptions('lanplus=1, power_wait=4, verbose')).toEqual([
    { name: 'lanplus', value: '1' },
    { name: 'power_wait', value: '4' },
    { name: 'verbose', value: '' },
  ]);
  expect(readOptions('path=a=b')).toEqual([{ name: 'path', value: 'a=b' }]);
  expect(readOptions('two words')).toBeUndefined();
});

test('times are of the clock', () => {
  expect(readTimes('07:30, 19:30')).toBe('07:30,19:30');
  expect(readTimes('7:30')).toBeUndefined();
  expect(readTimes('24:00')).toBeUndefined();
  expect(readTimes('')).toBeUndefined();
});
