import { expect, test } from 'vitest';
import { fullName } from './session';

const known = [{ name: 'internal' }, { name: 'corp' }, { name: 'sso', sign_on: '/there' }];

test('a name without a profile gets the chosen one', () => {
  expect(fullName('ewe', 'corp', known)).toBe('ewe@corp');
  expect(fullName('admin', 'internal', [])).toBe('admin@internal');
});

test('a profile that is written and exists counts, whatever is chosen', () => {
  expect(fullName('admin@internal', 'corp', known)).toBe('admin@internal');
  expect(fullName('ewe@example.org@corp', 'internal', known)).toBe('ewe@example.org@corp');
});

test('a mail address is a name, not a profile', () => {
  expect(fullName('ewe@example.org', 'corp', known)).toBe('ewe@example.org@corp');
});

test('what is written is sent as it is when the engine does not tell its profiles', () => {
  expect(fullName('ewe@corp', 'internal', [])).toBe('ewe@corp');
});
