import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from '../instance.ts';
import type { BrokerKind } from './kinds.ts';

const exec = promisify(execFile);

/** How a broker can be run on this machine. */
export type Means = { binary: string } | 'docker';

/** Sees to it that each of these can be run: what is missing is installed as root on Debian, or left to Docker. */
export async function provideBrokers(kinds: BrokerKind[], log: (line: string) => void): Promise<void> {
  const missing = () => kinds.filter((kind) => findBinary(kind.binary) === undefined);
  if (missing().length > 0 && process.getuid?.() === 0 && findBinary('apt-get') !== undefined) {
    await installPackages(
      missing().map((kind) => kind.binary),
      log,
    );
  }
  if (missing().length > 0 && !(await dockerAnswers())) throw new Error(wayOut(missing()));
}

/** How to run a broker that was provided. */
export function meansOf(kind: BrokerKind): Means {
  const binary = findBinary(kind.binary);
  return binary === undefined ? 'docker' : { binary };
}

/** Debian puts servers into folders that are not on a plain user's PATH. */
function findBinary(name: string, path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installPackages(names: string[], log: (line: string) => void): Promise<void> {
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  log(`Installing ${names.join(' and ')} with apt-get (once, about a quarter of a minute) ...`);
  try {
    await exec('apt-get', [...lock, '-q', 'update'], { env }).catch(() => undefined);
    await exec('apt-get', [...lock, '-q', 'install', '-y', '--no-install-recommends', ...names], { env });
  } catch (error) {
    // Docker may still do. If not, the last error names the command to try by hand.
    log(`apt-get failed: ${lastLine(error)}`);
  }
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr?.trim() || message || String(error)).split('\n').at(-1) ?? '';
}

async function dockerAnswers(): Promise<boolean> {
  const { stdout } = await docker(['version', '-f', '{{.Server.Version}}']);
  return stdout.trim() !== '';
}

function wayOut(missing: BrokerKind[]): string {
  const names = missing.map((kind) => kind.binary);
  const variables = missing.map((kind) => kind.variable);
  return [
    `Not installed: ${names.join(', ')}. ProxBalance could not install it (that takes root and apt-get), and no Docker engine answers.`,
    'Do one of these, then start again:',
    `  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
    `  macOS:           brew install ${names.map((name) => name.replace('redis-server', 'redis')).join(' ')}`,
    '  Docker:          start the engine',
    `  Your own:        set ${variables.join(' and ')} to a server that runs already`,
  ].join('\n');
}
