import { describe, expect, it } from 'vitest';
import { arranged } from './columns';
import { type Column, sorted } from './DataTable';
import { containing, isQuery } from './search';

interface Row {
  id: string;
  name: string;
  size?: number;
}

const name: Column<Row> = { id: 'name', title: 'col.name', value: (row) => row.name };
const size: Column<Row> = { id: 'size', title: 'col.size', value: (row) => row.size };
const hidden: Column<Row> = { id: 'id', title: 'col.id', value: (row) => row.id, hidden: true };
const rows: Row[] = [
  { id: 'a', name: 'vm10', size: 3 },
  { id: 'b', name: 'VM2' },
  { id: 'c', name: 'vm1', size: 20 },
];

describe('a table', () => {
  it('sorts names as people count, numbers by size, and puts the unknown last both ways', () => {
    expect(sorted(rows, name, false).map((row) => row.name)).toEqual(['vm1', 'VM2', 'vm10']);
    expect(sorted(rows, size, false).map((row) => row.id)).toEqual(['a', 'c', 'b']);
    expect(sorted(rows, size, true).map((row) => row.id)).toEqual(['c', 'a', 'b']);
  });

  it('finds rows that hold all the words', () => {
    expect(containing(rows, [name, size], 'vm 20').map((row) => row.id)).toEqual(['c']);
    expect(containing(rows, [name, size], '  ')).toBe(rows);
  });

  it('tells a query from words', () => {
    expect(isQuery('status=up')).toBe(true);
    expect(isQuery('sortby name')).toBe(true);
    expect(isQuery('web server')).toBe(false);
  });

  it('shows chosen columns in the chosen order, and new ones as they are by default', () => {
    expect(arranged([name, size, hidden], undefined)).toEqual([name, size]);
    expect(arranged([name, size, hidden], { order: ['size', 'name'], hidden: ['name'] })).toEqual([size]);
    expect(arranged([name, size, hidden], { order: ['id', 'size'], hidden: [] })).toEqual([hidden, size, name]);
  });
});
