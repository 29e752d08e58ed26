// Plain JavaScript on purpose: it runs on Node 20, before the packages and the pinned runtime are there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, 'node_modules', '.bin');
const stampFile = join(root, 'node_modules', '.proxbalance-stamp');
const install = ['--yes', 'pnpm@12.21.0', 'install', '--frozen-lockfile'];
const oldestMajor = 24;

/** Installs what is missing, then runs `scripts/<twin>` on the pinned runtime and ends as it ends. */
export async function run(twin) {
  try {
    installPackages();
    process.exitCode = await runOn(pickRuntime(), join(root, 'scripts', twin));
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/** Changes whenever an install could have something to do: the lockfile, a package.json, the platform. */
export function stampOf(folder) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const manifests = packageFolders(folder).map((name) => join(name, 'package.json'));
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    const file = join(folder, name);
    if (existsSync(file)) hash.update(`${name}\n`).update(readFileSync(file)).update('\n');
  }
  return hash.digest('hex');
}

function packageFolders(folder) {
  const workspace = readFileSync(join(folder, 'pnpm-workspace.yaml'), 'utf8');
  const listed = /^packages:\n((?: +- .*\n)*)/m.exec(workspace)?.[1] ?? '';
  const patterns = [...listed.matchAll(/- ['"]?([^'"\n]+)/g)].map(([, pattern]) => pattern.trim());
  const expand = (parent) => (existsSync(join(folder, parent)) ? readdirSync(join(folder, parent)).sort() : []);
  return [
    '.',
    ...patterns.flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const parent = pattern.slice(0, -2);
      return expand(parent).map((name) => join(parent, name));
    }),
  ];
}

function installPackages() {
  const stamp = stampOf(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error('Installing the packages (the first time takes about half a minute) ...');
  // Our own node_modules/.bin is left out of PATH: its node may be replaced by this very install.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== binaries);
  const env = { ...process.env, PATH: path.join(delimiter), CI: 'true' };
  const { status, error } = spawnSync('npx', install, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (error !== undefined) {
    throw new Error(`The packages were not installed: npx could not be run (${error.message}). It comes with npm.`);
  }
  if (status !== 0) {
    throw new Error(
      [
        `The packages were not installed: "npx ${install.join(' ')}" ended with ${status ?? 'a signal'}; the reason is above.`,
        'It needs the npm registry (or your mirror of it): check the network and "npm config get registry", then try again.',
        'If it says the lockfile is out of date, a package.json was changed: run "npx --yes pnpm@12.21.0 install" once.',
      ].join('\n'),
    );
  }
  writeFileSync(stampFile, stamp);
}

function pickRuntime() {
  const pinned = join(binaries, 'node');
  const found = [pinned, process.execPath].find((file) => existsSync(file) && majorOf(file) >= oldestMajor);
  if (found !== undefined) return found;
  throw new Error(
    [
      `ProxBalance runs on Node ${oldestMajor} or newer; this is Node ${process.versions.node}.`,
      'The runtime that comes with the packages is for Linux on x86-64 with glibc and is not usable here.',
      `Install Node ${oldestMajor} from nodejs.org or your distribution, then run the command again.`,
    ].join('\n'),
  );
}

function majorOf(file) {
  if (realpathSync(file) === process.execPath) return Number.parseInt(process.versions.node, 10);
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return Number.parseInt((stdout ?? '').slice(1), 10);
}

async function runOn(runtime, script) {
  const env = { ...process.env, PATH: [binaries, process.env.PATH].join(delimiter) };
  const child = spawn(runtime, [script, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const watch = stopWithNpm(child);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  });
  clearInterval(watch);
  return code ?? 128 + constants.signals[signal];
}

/** An npm that is killed outright forwards nothing: being handed to another parent is the only sign of it. */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const npm = process.ppid;
  return setInterval(() => process.ppid !== npm && child.kill('SIGTERM'), 500).unref();
}
