import { expect, test } from 'vitest';
import { complete } from './completion';

const fields = ['name', 'status', 'cluster'];
const values = (field: string) =>
  field === 'status' ? ['up', 'down', 'powering_up'] : field === 'cluster' ? ['My one'] : [];
const texts = (text: string) => complete(fields, text, values).map((each) => each.text);

test('fields, values and what joins conditions are offered in their places', () => {
  expect(texts('')).toEqual([]);
  expect(texts('st')).toEqual(['status=']);
  expect(texts('status=')).toEqual(['status=up ', 'status=down ', 'status=powering_up ']);
  expect(texts('status=p')).toEqual(['status=powering_up ']);
  expect(texts('status=up ')).toEqual(['status=up and ', 'status=up or ', 'status=up sortby ']);
  expect(texts('status=up and n')).toEqual(['status=up and name=']);
  expect(texts('cluster=m')).toEqual(['cluster="My one" ']);
  expect(texts('status=up sortby ')).toEqual([
    'status=up sortby name ',
    'status=up sortby status ',
    'status=up sortby cluster ',
  ]);
});

test('plain words are left alone', () => {
  expect(texts('web 1')).toEqual([]);
});
