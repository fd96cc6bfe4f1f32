/** What programs of the host print, as facts. */

export interface Machine {
  id: string;
  name: string;
  state: string;
  memoryMiB: number;
  processors: number;
}

/** In the order of virDomainState. */
const STATES = ['no state', 'running', 'blocked', 'paused', 'shutting down', 'off', 'crashed', 'suspended'];

/** Of `virsh list --all --uuid --name` and `virsh domstats --state --balloon --vcpu`. */
export function machines(list: string, stats: string): Machine[] {
  const facts = new Map<string, Map<string, string>>();
  let now: Map<string, string> | undefined;
  for (const line of stats.split('\n')) {
    const domain = /^Domain: '(.*)'$/.exec(line.trim());
    if (domain) {
      now = new Map();
      facts.set(domain[1] ?? '', now);
    } else {
      const [key, value] = line.trim().split('=', 2);
      if (now && key && value !== undefined) now.set(key, value);
    }
  }
  return list
    .split('\n')
    .map((line) => /^\s*([0-9a-f-]{36})\s+(.+?)\s*$/.exec(line))
    .filter((found) => found !== null)
    .map(([, id = '', name = '']) => {
      const of = facts.get(name);
      return {
        id,
        name,
        state: STATES[Number(of?.get('state.state') ?? 0)] ?? 'no state',
        memoryMiB: Math.round(Number(of?.get('balloon.maximum') ?? 0) / 1024),
        processors: Number(of?.get('vcpu.current') ?? of?.get('vcpu.maximum') ?? 0),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export interface Domain {
  id: string;
  name: string;
  kind: string;
  place: string;
  size: number;
  free: number;
}

/** Values of the V5 format's metadata: `KEY=value` lines. */
export function metadata(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split(/=(.*)/s))
      .filter(([key, value]) => key && value !== undefined)
      .map(([key = '', value = '']) => [key.trim(), value.trim()]),
  );
}

/** Of lines `target size free` as `df --output=target,size,avail -B1` prints them, the longest target last. */
export function room(df: string): { target: string; size: number; free: number }[] {
  return df
    .split('\n')
    .map((line) => /^(.+?)\s+(\d+)\s+(\d+)\s*$/.exec(line))
    .filter((found) => found !== null)
    .map(([, target = '', size, free]) => ({ target, size: Number(size), free: Number(free) }))
    .sort((a, b) => a.target.length - b.target.length);
}

/** Volume groups that are storage domains, of `vgs --reportformat json`. */
export function groups(report: string): Domain[] {
  const parsed = JSON.parse(report) as { report: { vg: Record<string, string>[] }[] };
  return parsed.report
    .flatMap((each) => each.vg)
    .filter((group) => (group.vg_tags ?? '').includes('RHAT_storage_domain'))
    .map((group) => {
      const tags = Object.fromEntries(
        (group.vg_tags ?? '').split(',').map((tag) => tag.split(/=(.*)/s) as [string, string]),
      );
      return {
        id: group.vg_name ?? '',
        name: tags.MDT_DESCRIPTION ?? group.vg_name ?? '',
        kind: tags.MDT_TYPE ?? 'block',
        place: 'volume group',
        size: Number(group.vg_size),
        free: Number(group.vg_free),
      };
    });
}

export interface Network {
  name: string;
  up: boolean;
  addresses: string[];
  members: string[];
}

interface Link {
  ifname: string;
  master?: string;
  operstate?: string;
  linkinfo?: { info_kind?: string };
  addr_info?: { local: string; prefixlen: number; scope: string }[];
}

/** Bridges with what is in them, of `ip -json -details address`. */
export function networks(report: string): Network[] {
  const links = JSON.parse(report) as Link[];
  return links
    .filter((link) => link.linkinfo?.info_kind === 'bridge')
    .map((bridge) => ({
      name: bridge.ifname,
      up: bridge.operstate === 'UP',
      addresses: (bridge.addr_info ?? [])
        .filter((address) => address.scope === 'global')
        .map((address) => `${address.local}/${address.prefixlen}`),
      members: links.filter((link) => link.master === bridge.ifname).map((link) => link.ifname),
    }));
}

export interface Certificate {
  subject: string;
  ends: Date | undefined;
}

/** Of `openssl x509 -noout -subject -enddate`. */
export function certificate(text: string): Certificate {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const ends = new Date(value('notAfter'));
  return { subject: value('subject'), ends: Number.isNaN(ends.getTime()) ? undefined : ends };
}

export interface EngineHost {
  name: string;
  score: number;
  alive: boolean;
  engine: string;
  maintenance: boolean;
}

/** The machine in which the engine runs, as this host's agent sees it. */
export interface EngineMachine {
  configured: boolean;
  state: string;
  host: string;
  score: number;
  localMaintenance: boolean;
  globalMaintenance: boolean;
  health: string;
  hosts: EngineHost[];
  detail: string;
}

/** Of the agent's `engine-ha.json`; what is missing in it is as in a flock without an engine machine. */
export function engineMachine(text: string): EngineMachine {
  const said = JSON.parse(text) as Record<string, unknown>;
  const hosts = Array.isArray(said.hosts) ? (said.hosts as Record<string, unknown>[]) : [];
  return {
    configured: said.configured === true,
    state: String(said.state ?? 'unknown'),
    host: String(said.host ?? ''),
    score: Number(said.score ?? 0),
    localMaintenance: said.local_maintenance === true,
    globalMaintenance: said.global_maintenance === true,
    health: String(said.health ?? 'none'),
    hosts: hosts
      .map((host) => ({
        name: String(host.name ?? ''),
        score: Number(host.score ?? 0),
        alive: host.alive === true,
        engine: String(host.engine ?? 'unknown'),
        maintenance: host.maintenance === true,
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    detail: String(said.detail ?? ''),
  };
}
