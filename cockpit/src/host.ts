import { act, answers, run } from './cockpit';
import {
  type Certificate,
  certificate,
  type Domain,
  type EngineMachine,
  engineMachine,
  groups,
  type Machine,
  machines,
  metadata,
  type Network,
  networks,
  room,
} from './read';

const USUAL = { 'state-dir': '/var/lib/bellwether-agent', 'mount-root': '/rhev/data-center/mnt' };
const RUN = '/run/bellwether-agent';

export interface Service {
  /** Whether it answers, whatever systemd says of it. */
  answers: boolean;
  /** What systemd says; empty on a host without it. */
  unit: string;
}

/** Each part by itself: what cannot be read does not hide the rest. */
export interface Parts {
  agent: Service;
  libvirt: Service;
  certificate: Certificate | undefined;
  engine: string;
  machines: Machine[];
  domains: Domain[];
  networks: Network[];
  /** Undefined where the agent says nothing of it. */
  engineMachine: EngineMachine | undefined;
}

/** Files and sockets that the agent has put down for this page. */
async function ofAgent(name: string, ...more: string[]): Promise<string[]> {
  const found = await run('find', RUN, '-maxdepth', '2', '-name', name, ...more).catch(() => '');
  return found.split('\n').filter(Boolean);
}

async function watched(): Promise<EngineMachine | undefined> {
  const [file] = await ofAgent('engine-ha.json');
  return file ? engineMachine(await run('cat', file)) : undefined;
}

/** Says to the agents how they look after the engine machine. */
export function maintain(kind: 'local' | 'global' | 'none'): Promise<string> {
  return act('bellwether', 'engine-ha', 'maintenance', kind);
}

/** Where the agent of this host keeps things; where it does unless told otherwise when it has not run since the host's start. */
async function places(): Promise<typeof USUAL> {
  const files = await ofAgent('places');
  return { ...USUAL, ...(files[0] && metadata(await run('cat', files[0]).catch(() => ''))) };
}

async function unit(...names: string[]): Promise<string> {
  try {
    const said = await run('systemctl', 'is-active', ...names).catch((failed: Error) => failed.message);
    return said.split('\n').find((line) => /^(active|activating|reloading|failed|inactive)$/.test(line)) ?? '';
  } catch {
    return '';
  }
}

async function agent(): Promise<Service> {
  const sockets = await ofAgent('images', '-type', 's');
  const heard = await Promise.all(sockets.map((socket) => answers(socket).catch(() => false)));
  return { answers: heard.includes(true), unit: await unit('bellwether-agent') };
}

const virsh = (...words: string[]) => run('virsh', '--quiet', '--connect', 'qemu:///system', ...words);

async function libvirt(): Promise<Service> {
  const heard = await virsh('version').then(
    () => true,
    () => false,
  );
  return { answers: heard, unit: await unit('virtqemud', 'libvirtd') };
}

async function all(): Promise<Machine[]> {
  const [list, stats] = await Promise.all([
    virsh('list', '--all', '--uuid', '--name'),
    virsh('domstats', '--state', '--balloon', '--vcpu'),
  ]);
  return machines(list, stats);
}

/** File domains where they are mounted, and volume groups that are domains. A store that hangs costs its own row only. */
async function domains(mounts: string): Promise<Domain[]> {
  const files = (await run('find', mounts, '-maxdepth', '5', '-path', '*/dom_md/metadata').catch(() => ''))
    .split('\n')
    .filter(Boolean);
  const onFiles = await Promise.all(
    files.map(async (file): Promise<Domain> => {
      const [text, df] = await Promise.all([run('cat', file), run('df', '--output=target,size,avail', '-B1', file)]);
      const facts = metadata(text);
      const own = room(df).at(-1);
      return {
        id: facts.SDUUID ?? '',
        name: facts.DESCRIPTION ?? '',
        kind: facts.TYPE ?? 'file',
        place: facts.REMOTE_PATH ?? own?.target ?? file,
        size: own?.size ?? 0,
        free: own?.free ?? 0,
      };
    }),
  );
  const onBlocks = await run(
    'vgs',
    '--nohints',
    '--reportformat',
    'json',
    '--units',
    'b',
    '--nosuffix',
    '-o',
    'vg_name,vg_size,vg_free,vg_tags',
  ).then(groups, () => []);
  return [...onFiles, ...onBlocks].sort((a, b) => a.name.localeCompare(b.name));
}

/** Every part, and which of them could not be read, in the words of the program that failed. */
export async function look(): Promise<{ parts: Partial<Parts>; failures: string[] }> {
  const failures: string[] = [];
  const { 'state-dir': state, 'mount-root': mounts } = await places();
  const asked: { [name in keyof Parts]: Promise<Parts[name]> } = {
    agent: agent(),
    libvirt: libvirt(),
    certificate: run('openssl', 'x509', '-noout', '-subject', '-enddate', '-in', `${state}/pki/servercert.pem`).then(
      certificate,
      () => undefined,
    ),
    engine: run('cat', `${state}/engine-url`).then(
      (url) => url.trim().replace(/\/ovirt-engine\/?$/, ''),
      () => '',
    ),
    machines: all(),
    domains: domains(mounts),
    networks: run('ip', '-json', '-details', 'address').then(networks),
    engineMachine: watched(),
  };
  const parts: Partial<Parts> = {};
  await Promise.all(
    Object.entries(asked).map(([name, value]) =>
      (value as Promise<unknown>).then(
        (known) => Object.assign(parts, { [name]: known }),
        (failed: Error) => failures.push(`${name}: ${failed.message}`),
      ),
    ),
  );
  return { parts, failures: failures.sort() };
}
