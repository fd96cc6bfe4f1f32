import { expect, test } from 'vitest';
import { later } from './VmSnapshots';

test('whoever goes back for good hears which snapshots go', () => {
  const all = [
    { id: '1', description: 'first', date: '1000' },
    { id: '2', description: 'second', date: '2000' },
    { id: '3', description: 'third', date: '10000' },
  ];
  expect(later({ id: '2', date: '2000' }, all)).toEqual(['third']);
  expect(later({ id: '3', date: '10000' }, all)).toEqual([]);
});
