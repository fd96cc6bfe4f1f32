// Builds or tests a module of pages for Maven, which runs it in the module's folder: the portals, or the page in Cockpit.
// What was built of the same sources before, in whichever clone, is taken from the cache.
//   node web.mjs         target/classes/META-INF/ and the package's name
//   node web.mjs test    Biome and Vitest; the report is where surefire's are
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = process.cwd();
const name = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).name;
const cache = join(homedir(), '.cache/bellwether', name.replace('bellwether-', ''));
const KEPT = 5;
const SOURCES = [
  'package-lock.json',
  'package.json',
  'vite.config.ts',
  'tsconfig.json',
  'index.html',
  'public',
  'src',
];

function fail(sentence) {
  console.error(`${name}: ${sentence}`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(
    `Node.js 20.19 or newer is needed to build the portals and this is ${process.versions.node}: install a newer one, for example Debian's package nodejs of trixie.`,
  );

function files(path) {
  return statSync(join(here, path)).isDirectory()
    ? readdirSync(join(here, path)).flatMap((each) => files(join(path, each)))
    : [path];
}

function digest(paths) {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const path of paths.flatMap(files).sort()) hash.update(`${path}\0`).update(readFileSync(join(here, path)));
  return hash.digest('hex').slice(0, 16);
}

function run(command, ...words) {
  const { status, error } = spawnSync(command, words, { cwd: here, stdio: 'inherit' });
  if (error) fail(`${command} cannot be started (${error.message}): install Debian's packages nodejs and npm.`);
  if (status !== 0) fail(`${command} ${words.join(' ')} failed with status ${status}.`);
}

/** Exactly what the lock file says, and only when it is not there yet. */
function install() {
  const stamp = join(here, 'node_modules/.bellwether');
  const wanted = digest(['package-lock.json', 'package.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  writeFileSync(stamp, wanted);
}

const bin = (tool) => join(here, 'node_modules/.bin', tool);

function build() {
  const key = digest(SOURCES.filter((source) => existsSync(join(here, source))));
  const kept = join(cache, key);
  const target = join(here, `target/classes/META-INF/${name}`);
  const stamp = join(here, 'target/built');
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  if (!existsSync(kept)) {
    install();
    run(bin('tsc'), '--noEmit');
    run(bin('vite'), 'build', '--logLevel', 'warn');
    const fresh = `${kept}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    cpSync(join(here, 'target/dist'), fresh, { recursive: true });
    try {
      renameSync(fresh, kept);
    } catch {
      // Another clone was quicker; what it made is the same.
      rmSync(fresh, { recursive: true, force: true });
    }
    const age = (kept) => statSync(join(cache, kept)).mtimeMs;
    for (const old of readdirSync(cache)
      .sort((a, b) => age(b) - age(a))
      .slice(KEPT))
      rmSync(join(cache, old), { recursive: true, force: true });
  }
  utimesSync(kept, new Date(), new Date());
  rmSync(target, { recursive: true, force: true });
  cpSync(kept, target, { recursive: true });
  writeFileSync(stamp, key);
}

function test() {
  install();
  run(bin('biome'), 'check', 'src', 'e2e', 'vite.config.ts');
  const report = join(here, `target/surefire-reports/TEST-${name}.xml`);
  run(bin('vitest'), 'run', '--reporter=default', '--reporter=junit', `--outputFile.junit=${report}`);
}

if (process.argv[2] === 'test') test();
else if (process.argv[2] === 'install') install();
else build();
