import { expect, test } from 'vitest';
import { permitGroups } from './permits';

test('permits stand with what they are about, none twice', () => {
  const groups = permitGroups([
    { id: '1300', name: 'login' },
    { id: '1664', name: 'connect_to_serial_console' },
    { id: '1', name: 'create_vm' },
    { id: '1660', name: 'create_mac_pool' },
    { id: '1550', name: 'manipulate_affinity_groups' },
  ]);
  expect(groups.map(({ group, permits }) => [group, permits.map(({ id }) => id)])).toEqual([
    ['vm', ['1664', '1']],
    ['engine', ['1300']],
    ['network', ['1660']],
    ['other', ['1550']],
  ]);
});
