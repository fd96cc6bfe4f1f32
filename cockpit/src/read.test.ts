import { describe, expect, it } from 'vitest';
import { certificate, engineMachine, groups, machines, metadata, networks, room } from './read';

describe('what programs of the host print', () => {
  it('names machines with their state, also of names with blanks', () => {
    const list = ' 0d9b8e0e-9c2f-4f0a-8f6e-2c7f00000001   web server\n 0d9b8e0e-9c2f-4f0a-8f6e-2c7f00000002   db\n\n';
    const stats =
      "Domain: 'web server'\n  state.state=1\n  state.reason=1\n  balloon.maximum=1048576\n  vcpu.current=4\n  vcpu.maximum=16\n\nDomain: 'db'\n  state.state=5\n";
    expect(machines(list, stats)).toEqual([
      { id: '0d9b8e0e-9c2f-4f0a-8f6e-2c7f00000002', name: 'db', state: 'off', memoryMiB: 0, processors: 0 },
      {
        id: '0d9b8e0e-9c2f-4f0a-8f6e-2c7f00000001',
        name: 'web server',
        state: 'running',
        memoryMiB: 1024,
        processors: 4,
      },
    ]);
  });

  it('keeps = in values of metadata', () => {
    expect(metadata('CLASS=Data\nDESCRIPTION=a=b\n\nnothing\n')).toEqual({ CLASS: 'Data', DESCRIPTION: 'a=b' });
  });

  it('reads room of mounts with blanks in their names', () => {
    expect(room('Mounted on 1B-blocks Avail\n/rhev/a b 100 60\n')).toEqual([
      { target: '/rhev/a b', size: 100, free: 60 },
    ]);
  });

  it('takes only volume groups that are domains', () => {
    const vg = [
      { vg_name: 'debian', vg_size: '9', vg_free: '1', vg_tags: '' },
      { vg_name: 'id', vg_size: '9', vg_free: '1', vg_tags: 'RHAT_storage_domain,MDT_TYPE=ISCSI,MDT_DESCRIPTION=san' },
    ];
    expect(groups(JSON.stringify({ report: [{ vg }] }))).toEqual([
      { id: 'id', name: 'san', kind: 'ISCSI', place: 'volume group', size: 9, free: 1 },
    ]);
  });

  it('shows bridges with their members and addresses', () => {
    const links = [
      {
        ifname: 'ovirtmgmt',
        operstate: 'UP',
        linkinfo: { info_kind: 'bridge' },
        addr_info: [
          { local: '192.0.2.5', prefixlen: 24, scope: 'global' },
          { local: 'fe80::1', prefixlen: 64, scope: 'link' },
        ],
      },
      { ifname: 'eno1', master: 'ovirtmgmt' },
      { ifname: 'lo' },
    ];
    expect(networks(JSON.stringify(links))).toEqual([
      { name: 'ovirtmgmt', up: true, addresses: ['192.0.2.5/24'], members: ['eno1'] },
    ]);
  });

  it('knows when a certificate ends, or that it cannot be read', () => {
    expect(certificate('subject=CN = host1\nnotAfter=Dec 28 10:00:00 2026 GMT\n').ends?.toISOString()).toBe(
      '2026-12-28T10:00:00.000Z',
    );
    expect(certificate('').ends).toBeUndefined();
  });

  it('reads what the agent says of the engine machine, and misses nothing that it does not say', () => {
    const said = {
      configured: true,
      state: 'elsewhere',
      host: 'host2',
      score: 3400,
      local_maintenance: true,
      health: 'good',
      hosts: [
        { name: 'host2', score: 3400, alive: true, engine: 'up', maintenance: false },
        { name: 'host1', score: 0, alive: false },
      ],
    };
    expect(engineMachine(JSON.stringify(said))).toEqual({
      configured: true,
      state: 'elsewhere',
      host: 'host2',
      score: 3400,
      localMaintenance: true,
      globalMaintenance: false,
      health: 'good',
      hosts: [
        { name: 'host1', score: 0, alive: false, engine: 'unknown', maintenance: false },
        { name: 'host2', score: 3400, alive: true, engine: 'up', maintenance: false },
      ],
      detail: '',
    });
    expect(engineMachine('{}').configured).toBe(false);
  });
});
