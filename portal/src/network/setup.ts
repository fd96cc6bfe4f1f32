import { type HostNic, type Network, num, type Ref } from '../api/types';

/** The networks of a host as somebody is arranging them: nothing is sent before they say so. */

export interface Attachment {
  id: string;
  network?: Ref;
  host_nic?: Ref;
  in_sync?: string | boolean;
  ip_address_assignments?: { ip_address_assignment?: Assignment[] };
}

export interface Assignment {
  assignment_method?: string;
  ip?: { address?: string; netmask?: string; gateway?: string; version?: string };
}

export interface Bond {
  name: string;
  /** Of one that the host has already. */
  id?: string;
  mode: string;
  nics: string[];
}

export interface Setup {
  bonds: Bond[];
  /** By network: the name of the NIC or bond that carries it. */
  places: Record<string, string>;
  addresses: Record<string, Assignment[]>;
}

export type Problem = 'untaggedTwice' | 'vlanTwice';

type Nic = HostNic & {
  bonding?: { options?: { option?: { name?: string; value?: string }[] }; slaves?: { host_nic?: Ref[] } };
  base_interface?: string;
};

export const isBond = (nic: HostNic) => (nic as Nic).bonding !== undefined;
const isVlan = (nic: HostNic) => (nic as Nic).base_interface !== undefined;

/** What cables can be in: bonds and VLANs are made of them. */
export const physical = (nics: readonly HostNic[]) => nics.filter((nic) => !isBond(nic) && !isVlan(nic));

export function begin(nics: readonly HostNic[], attachments: readonly Attachment[]): Setup {
  const name = new Map(nics.map((nic) => [nic.id, nic.name ?? '']));
  const base = new Map(nics.map((nic) => [nic.name ?? '', (nic as Nic).base_interface ?? nic.name ?? '']));
  const bonds = nics.filter(isBond).map((nic): Bond => {
    const { bonding } = nic as Nic;
    return {
      id: nic.id,
      name: nic.name ?? '',
      mode: bonding?.options?.option?.find((option) => option.name === 'mode')?.value ?? '1',
      nics: bonding?.slaves?.host_nic?.map((slave) => name.get(slave.id) ?? slave.name ?? '') ?? [],
    };
  });
  const places: Setup['places'] = {};
  const addresses: Setup['addresses'] = {};
  for (const { network, host_nic, ip_address_assignments } of attachments) {
    if (!network || !host_nic) continue;
    const carrier = name.get(host_nic.id) ?? host_nic.name ?? '';
    places[network.id] = base.get(carrier) ?? carrier;
    addresses[network.id] = ip_address_assignments?.ip_address_assignment ?? [];
  }
  return { bonds, places, addresses };
}

/** Why a network cannot go onto a NIC or bond; nothing when it can. */
export function problem(setup: Setup, network: Network, place: string, all: readonly Network[]): Problem | undefined {
  const others = all.filter(({ id }) => id !== network.id && setup.places[id] === place);
  if (!network.vlan?.id) return others.some((other) => !other.vlan?.id) ? 'untaggedTwice' : undefined;
  return others.some((other) => num(other.vlan?.id) === num(network.vlan?.id)) ? 'vlanTwice' : undefined;
}

export function attach(setup: Setup, network: string, place: string): Setup {
  const places = { ...setup.places };
  if (place) places[network] = place;
  else delete places[network];
  return { ...setup, places };
}

export const inBond = (setup: Setup, nic: string) => setup.bonds.find((bond) => bond.nics.includes(nic));

/** Makes a bond of two NICs, or adds one to a bond; networks on the NICs go along. */
export function join(setup: Setup, nic: string, to: string): Setup {
  if (nic === to || inBond(setup, nic)) return setup;
  const target = setup.bonds.find((bond) => bond.name === to) ?? inBond(setup, to);
  const free = [...Array(1000).keys()].find((n) => !setup.bonds.some((bond) => bond.name === `bond${n}`));
  const bond: Bond = target
    ? { ...target, nics: [...target.nics, nic] }
    : { name: `bond${free}`, mode: '1', nics: [to, nic] };
  const places = Object.fromEntries(
    Object.entries(setup.places).map(([network, place]) => [network, bond.nics.includes(place) ? bond.name : place]),
  );
  return { ...setup, places, bonds: [...setup.bonds.filter(({ name }) => name !== bond.name), bond] };
}

/** Takes a bond apart; its networks stay on its first NIC. */
export function split(setup: Setup, name: string): Setup {
  const bond = setup.bonds.find((each) => each.name === name);
  if (!bond) return setup;
  const places = Object.fromEntries(
    Object.entries(setup.places).map(([network, place]) => [network, place === name ? (bond.nics[0] ?? '') : place]),
  );
  return { ...setup, places, bonds: setup.bonds.filter((each) => each.name !== name) };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const changed = (before: Setup, now: Setup) => !same(before, now);

/** What is to be asked of the host so that it becomes so: only what differs. */
export function request(before: Setup, now: Setup, attachments: readonly Attachment[]) {
  const known = new Map(attachments.map((each) => [each.network?.id, each.id]));
  const modified = Object.entries(now.places).filter(
    ([network, place]) =>
      before.places[network] !== place || !same(before.addresses[network] ?? [], now.addresses[network] ?? []),
  );
  const removed = Object.keys(before.places).filter((network) => !now.places[network] && known.has(network));
  const bonds = now.bonds.filter((bond) => !before.bonds.some((each) => same(each, bond)));
  const gone = before.bonds.filter(({ name }) => !now.bonds.some((each) => each.name === name));
  return {
    ...(bonds.length > 0 && {
      modified_bonds: {
        host_nic: bonds.map((bond) => ({
          ...(bond.id && { id: bond.id }),
          name: bond.name,
          bonding: {
            options: {
              option: [
                { name: 'mode', value: bond.mode },
                { name: 'miimon', value: '100' },
              ],
            },
            slaves: { host_nic: bond.nics.map((name) => ({ name })) },
          },
        })),
      },
    }),
    ...(gone.length > 0 && {
      removed_bonds: { host_nic: gone.map(({ id, name }) => ({ ...(id && { id }), name })) },
    }),
    ...(modified.length > 0 && {
      modified_network_attachments: {
        network_attachment: modified.map(([network, place]) => ({
          ...(known.has(network) && { id: known.get(network) }),
          network: { id: network },
          host_nic: { name: place },
          ip_address_assignments: { ip_address_assignment: now.addresses[network] ?? [] },
        })),
      },
    }),
    ...(removed.length > 0 && {
      removed_network_attachments: { network_attachment: removed.map((network) => ({ id: known.get(network) })) },
    }),
  };
}
