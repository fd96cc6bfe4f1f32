import { act, run } from './cockpit';

/** What people say of the machine that the engine is to move into. */
export interface Wish {
  storage: string;
  address: string;
  gateway: string;
  dns: string;
  name: string;
  image: string;
  memory: string;
  processors: string;
}

export const USUAL: Wish = {
  storage: '',
  address: '',
  gateway: '',
  dns: '',
  name: 'engine',
  image: '/usr/share/bellwether/engine-machine.qcow2',
  memory: '4096',
  processors: '2',
};

/** What is wrong with a wish, by its field. The command looks closer; this is what can be told before. */
export function faults(wish: Wish): Partial<Record<keyof Wish, string>> {
  const found: Partial<Record<keyof Wish, string>> = {};
  if (!wish.storage.trim()) found.storage = 'Name the shared storage domain that is to hold the machine.';
  if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(wish.address.trim()))
    found.address = 'Write a free address with the bits of its network, such as 192.0.2.7/24.';
  if (wish.gateway.trim() && !/^[0-9a-fA-F.:]+$/.test(wish.gateway.trim()))
    found.gateway = 'Write the address of the router, such as 192.0.2.1.';
  if (!wish.name.trim()) found.name = 'Name the machine.';
  if (!wish.image.trim().startsWith('/')) found.image = 'Write the whole path of the image on this computer.';
  if (!(Number(wish.memory) >= 1024)) found.memory = 'The engine needs 1024 MiB or more.';
  if (!(Number(wish.processors) >= 1)) found.processors = 'The engine needs a processor.';
  return found;
}

/** The words of `bellwether deploy` for a wish. */
export function words(wish: Wish): string[] {
  const all: [string, string][] = [
    ['--storage', wish.storage],
    ['--address', wish.address],
    ['--gateway', wish.gateway],
    ['--dns', wish.dns],
    ['--name', wish.name],
    ['--image', wish.image],
    ['--memory', wish.memory],
    ['--cpus', wish.processors],
  ];
  return all.filter(([, value]) => value.trim()).flatMap(([name, value]) => [name, value.trim()]);
}

// It outlives the page: who closes the browser does not end it, and who opens it again sees how far it is.
const PLACE = '/run/bellwether-deploy';
const BEGIN = `
command -v bellwether >/dev/null || { echo "The command bellwether is not installed on this host." >&2; exit 1; }
mkdir -p -m 700 ${PLACE}
cd ${PLACE}
[ ! -e pid ] || ! kill -0 "$(cat pid)" 2>/dev/null || { echo "It is under way already." >&2; exit 1; }
rm -f code
setsid sh -c 'echo $$ >pid
( logins=$(bellwether engine env) && eval "$logins" && bellwether deploy "$@" ); echo $? >code' deploy "$@" >log 2>&1 </dev/null &
`;

/** Begins it, or goes on with what was begun. The engine must be on this computer. */
export function begin(wish: Wish): Promise<string> {
  return act('sh', '-ec', BEGIN, 'deploy', ...words(wish));
}

export interface Progress {
  under: boolean;
  done: boolean;
  said: string;
}

/** How far it is; nothing when nobody has begun it since the host's start. */
export async function progress(): Promise<Progress | undefined> {
  const look = `cd ${PLACE} 2>/dev/null || exit 0; cat code 2>/dev/null || echo -; tail -n 40 log 2>/dev/null`;
  const [code, ...said] = (await run('sh', '-c', look)).split('\n');
  if (!code) return undefined;
  return { under: code === '-', done: code === '0', said: said.join('\n').trim() };
}
