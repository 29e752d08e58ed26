import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { stop } from '../scripts/instance.ts';
import { openRunFile } from '../scripts/run-file.ts';

const script = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));
const soon = { timeout: 60_000, interval: 50 };

test('a start without a configured cluster shows the demo, and Ctrl-C stops all of it', async () => {
  const dataDir = folder();
  const started = start(dataDir);
  expect((await fetch(`${await started.url()}/api/health`)).status).toBe(200);
  expect(started.output()).toContain('simulated');
  expect(
    openRunFile(dataDir)
      .entries()
      .map(([role]) => role),
  ).toEqual(['nats', 'redis', 'simulator']);
  expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600);
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(openRunFile(dataDir).entries()).toEqual([]);
});

test('a second start on the same folder is refused', async () => {
  const dataDir = folder();
  const first = start(dataDir, '--no-demo');
  await first.url();
  const second = start(dataDir, '--no-demo');
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('already runs on the data folder');
  expect((await fetch(`${await first.url()}/api/health`)).status).toBe(200);
});

test('what a killed start left running is taken over by the next one', async () => {
  const dataDir = folder();
  const first = start(dataDir);
  await first.url();
  const before = readFileSync(join(dataDir, 'run.json'), 'utf8');
  process.kill(await pidOf(first.child), 'SIGKILL');
  expect(await first.ended).toBe(137);

  const second = start(dataDir);
  await second.url();
  expect(readFileSync(join(dataDir, 'run.json'), 'utf8')).toBe(before);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test.each([
  ['a port that is none', ['--port', 'http'], 2, '--port'],
  ['an unknown option', ['--nope'], 2, 'Usage'],
])('%s ends with its exit code and a reason', async (_what, args, code, reason) => {
  const started = start(folder(), ...args);
  expect(await started.ended).toBe(code);
  expect(started.output()).toContain(reason);
});

test('invalid variables are all named before the start ends', async () => {
  const started = start(folder(), { PROXMOX_TLS: 'maybe', PROXBALANCE_NAMESPACE: 'No Spaces' });
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain('PROXMOX_TLS');
  expect(started.output()).toContain('PROXBALANCE_NAMESPACE');
});

/** Runs what `npm start` runs. */
function start(dataDir: string, ...rest: (string | Record<string, string>)[]) {
  const args = rest.filter((each) => typeof each === 'string');
  const env = Object.assign(neutralEnv(), ...rest.filter((each) => typeof each !== 'string'));
  const command = [script, '--port', '0', '--data', dataDir, ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const url = () =>
    vi.waitFor(() => {
      const found = /^ProxBalance is ready: (\S+)$/m.exec(text)?.[1];
      if (found === undefined) throw new Error(`not ready:\n${text}`);
      return found;
    }, soon);
  return { child, ended, output: () => text, url };
}

/** Without what the person who runs the tests has set for their own ProxBalance. */
function neutralEnv(): NodeJS.ProcessEnv {
  const ours = /^(PROXBALANCE|PROXMOX|NATS|REDIS)_/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** The process that does the work: the child of the one that was started. */
async function pidOf(wrapper: ChildProcess): Promise<number> {
  const children = readFileSync(`/proc/${wrapper.pid}/task/${wrapper.pid}/children`, 'utf8').trim();
  return Number(children.split(' ')[0]);
}

function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'proxbalance-start-'));
  onTestFinished(async () => {
    for (const [, entry] of openRunFile(dataDir).entries()) await stop(entry.instance);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return dataDir;
}
