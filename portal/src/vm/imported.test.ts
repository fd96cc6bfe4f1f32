import { expect, test } from 'vitest';
import { imported } from './imported';

const place = { cluster: 'c', domain: 'd' };

test('an archive on a host is asked for as one, whoever made it', () => {
  const values = { ...place, source: 'file', host: 'h', path: '/var/lib/bellwether/exchange/web.ova', name: '' };
  expect(imported(values, false)).toEqual({
    url: 'ova:///var/lib/bellwether/exchange/web.ova',
    host: { id: 'h' },
    cluster: { id: 'c' },
    storage_domain: { id: 'd' },
    provider: 'vmware',
  });
  expect(imported({ ...values, name: 'gold' }, true)).toEqual({
    url: 'ova:///var/lib/bellwether/exchange/web.ova',
    host: { id: 'h' },
    cluster: { id: 'c' },
    storage_domain: { id: 'd' },
    template: { name: 'gold' },
  });
});

test('an archive on a disk needs no host, also when one was chosen before', () => {
  const values = { ...place, source: 'disk', host: 'h', path: '/', disk: 'x', name: 'web' };
  expect(imported(values, false)).toEqual({
    url: 'disk:x',
    cluster: { id: 'c' },
    storage_domain: { id: 'd' },
    provider: 'vmware',
    vm: { name: 'web' },
  });
});

test('a machine of a libvirt has a name there and one here', () => {
  const values = {
    ...place,
    source: 'libvirt',
    host: 'h',
    uri: 'qemu+ssh://root@old/system',
    machine: 'web',
    name: 'web2',
  };
  expect(imported(values, false)).toMatchObject({
    url: 'qemu+ssh://root@old/system',
    provider: 'kvm',
    name: 'web',
    vm: { name: 'web2' },
    host: { id: 'h' },
  });
});
