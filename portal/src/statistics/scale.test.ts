import { expect, test } from 'vitest';
import { moments, nearest, steps, strokes } from './scale';

test('steps are round and reach the top', () => {
  expect(steps(100)).toEqual([0, 25, 50, 75, 100]);
  expect(steps(7)).toEqual([0, 2, 4, 6, 8]);
  expect(steps(0)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(steps(0, true)).toEqual([0, 1, 2, 3, 4]);
  expect(steps(1, true)).toEqual([0, 1, 2, 3, 4]);
  expect(steps(3 * 1024 ** 3, true).map((each) => each / 1024 ** 3)).toEqual([0, 1, 2, 3]);
});

test('moments are round and few', () => {
  const found = moments(1_700_000_000, 1_700_003_600, 6);
  expect(found.length).toBeLessThanOrEqual(7);
  expect(found.every((at) => at % 600 === 0)).toBe(true);
});

test('a line breaks where nothing was measured', () => {
  expect(strokes([0, 30, 60, 600, 630], [1, 2, null, 4, 5], 30)).toEqual([
    [0, 1],
    [3, 4],
  ]);
  expect(strokes([0, 30], [null, null], 30)).toEqual([]);
});

test('the nearest moment is found', () => {
  expect(nearest([0, 10, 20], 14)).toBe(1);
  expect(nearest([0, 10, 20], 16)).toBe(2);
  expect(nearest([5], 100)).toBe(0);
});
