import { describe, expect, it } from 'vitest';
import { memory, storage } from './capacity';

const host = (id: string, gib: number, status = 'up') => ({ id, status, memory: String(gib * 2 ** 30) });
const vm = (id: string, on: string, gib: number) => ({ id, host: { id: on }, memory: String(gib * 2 ** 30) });

describe('capacity', () => {
  it('counts only hosts in service', () => {
    const amount = memory([host('a', 8), host('b', 8, 'maintenance')], [vm('1', 'a', 2), vm('2', 'b', 4)]);
    expect(amount).toEqual({ used: 2 * 2 ** 30, total: 8 * 2 ** 30 });
  });

  it('adds up active storage', () => {
    expect(
      storage([
        { id: 'x', status: 'active', used: '1', available: '3' },
        { id: 'y', status: 'maintenance', used: '9' },
      ]),
    ).toEqual({ used: 1, total: 4 });
  });
});
