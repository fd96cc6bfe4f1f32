import { describe, expect, it } from 'vitest';
import { between, type Field, named, problems } from './FormDialog';
import { bytes, duration } from './format';

const fields: Field[] = [
  { name: 'name', label: '', required: true, wrong: named(8, ['taken']) },
  { name: 'size', label: '', wrong: between(1, 10) },
  { name: 'address', label: '', required: true, shown: (all) => all.type === 'nfs' },
];

describe('a form', () => {
  it('says what is missing and what is wrong, but not of fields that are not shown', () => {
    expect(Object.keys(problems(fields, {}))).toEqual(['name']);
    expect(Object.keys(problems(fields, { name: 'ok', type: 'nfs', size: '11' }))).toEqual(['size', 'address']);
    expect(problems(fields, { name: 'ok-1.x', size: '10' })).toEqual({});
  });

  it('refuses names that the engine would refuse', () => {
    for (const bad of ['a b', 'a/b', 'much-too-long', 'taken']) expect(named(8, ['taken'])(bad)).toBeDefined();
    expect(named()('größe_1')).toBeUndefined();
  });
});

describe('formats', () => {
  it('writes bytes and durations shortly', () => {
    expect(bytes('1073741824')).toBe('1 GiB');
    expect(bytes(undefined)).toBe('');
    expect(duration(3_723_000)).toBe('1 h 2 min');
    expect(duration(20)).toBe('< 1 s');
  });
});
