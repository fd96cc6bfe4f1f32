import { describe, expect, it } from 'vitest';
import { attach, begin, join, physical, problem, request, split } from './setup';

const nics = [
  { id: '1', name: 'eth0' },
  { id: '2', name: 'eth1' },
  { id: '3', name: 'eth2' },
  { id: '4', name: 'eth0.20', base_interface: 'eth0', vlan: { id: 20 } },
];
const attachments = [{ id: 'a', network: { id: 'mgmt' }, host_nic: { id: '1' } }];
const mgmt = { id: 'mgmt', name: 'ovirtmgmt' };
const red = { id: 'red', name: 'red', vlan: { id: 20 } };
const blue = { id: 'blue', name: 'blue' };

describe('the networks of a host', () => {
  it('begin as the host has them', () => {
    expect(begin(nics, attachments).places).toEqual({ mgmt: 'eth0' });
    expect(physical(nics).map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth2']);
  });

  it('share a NIC when their VLANs differ', () => {
    const setup = begin(nics, attachments);
    const all = [mgmt, red, blue];
    expect(problem(setup, red, 'eth0', all)).toBeUndefined();
    expect(problem(setup, blue, 'eth0', all)).toBe('untaggedTwice');
    expect(problem(attach(setup, 'red', 'eth0'), { ...red, id: 'other' }, 'eth0', all)).toBe('vlanTwice');
  });

  it('go along into a bond and out of it', () => {
    const bonded = join(begin(nics, attachments), 'eth1', 'eth0');
    expect(bonded.bonds).toEqual([{ name: 'bond0', mode: '1', nics: ['eth0', 'eth1'] }]);
    expect(bonded.places).toEqual({ mgmt: 'bond0' });
    expect(join(bonded, 'eth2', 'eth1').bonds[0]?.nics).toEqual(['eth0', 'eth1', 'eth2']);
    expect(split(bonded, 'bond0')).toEqual(begin(nics, attachments));
  });

  it('are asked for by what differs only', () => {
    const before = begin(nics, attachments);
    expect(request(before, before, attachments)).toEqual({});
    const now = attach(attach(before, 'red', 'eth1'), 'mgmt', '');
    expect(request(before, now, attachments)).toEqual({
      modified_network_attachments: {
        network_attachment: [
          { network: { id: 'red' }, host_nic: { name: 'eth1' }, ip_address_assignments: { ip_address_assignment: [] } },
        ],
      },
      removed_network_attachments: { network_attachment: [{ id: 'a' }] },
    });
  });
});
