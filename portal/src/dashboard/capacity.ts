import { type Host, num, type StorageDomain, type Vm } from '../api/types';

/** What there is and what is taken of it. */
export interface Amount {
  used: number;
  total: number;
}

const sum = (values: number[]) => values.reduce((all, each) => all + (Number.isNaN(each) ? 0 : each), 0);

/** Memory that running machines were given, of what the hosts in service have. */
export function memory(hosts: readonly Host[], vms: readonly Vm[]): Amount {
  const up = hosts.filter((host) => host.status === 'up');
  const ids = new Set(up.map((host) => host.id));
  return {
    used: sum(vms.filter((vm) => vm.host && ids.has(vm.host.id)).map((vm) => num(vm.memory))),
    total: sum(up.map((host) => num(host.memory))),
  };
}

const threads = ({ cpu }: Pick<Vm, 'cpu'>) =>
  num(cpu?.topology?.sockets ?? 1) * num(cpu?.topology?.cores ?? 1) * num(cpu?.topology?.threads ?? 1);

/** Virtual CPUs of running machines, of the hosts' threads: more than all of them is over-commitment, which is common. */
export function processors(hosts: readonly Host[], vms: readonly Vm[]): Amount {
  const up = hosts.filter((host) => host.status === 'up');
  const ids = new Set(up.map((host) => host.id));
  return {
    used: sum(vms.filter((vm) => vm.host && ids.has(vm.host.id)).map(threads)),
    total: sum(up.map((host) => threads(host as Pick<Vm, 'cpu'>))),
  };
}

export function storage(domains: readonly StorageDomain[]): Amount {
  const active = domains.filter((domain) => domain.status === 'active');
  const used = sum(active.map((domain) => num(domain.used)));
  return { used, total: used + sum(active.map((domain) => num(domain.available))) };
}
