import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Instance, isAlive, startProcess, stop } from './instance.ts';
import { canAdopt, type RunFile } from './run-file.ts';

/** What the simulator prints when it is ready (the part that is used here). */
interface Ready {
  nodes: Record<string, string>;
  control: string;
  token_id: string;
  token_secret: string;
  ca_file: string;
}

interface Context {
  dataDir: string;
  run: RunFile;
  log: (line: string) => void;
}

const simulator = join(dirname(dirname(fileURLToPath(import.meta.url))), 'simulator/src/main.ts');

/** The simulated cluster, started here or left by an earlier start, and how the services reach it. */
export async function openDemo(context: Context): Promise<{ env: Record<string, string>; close(): Promise<void> }> {
  const { run, log } = context;
  const left = run.get('simulator');
  let ready: Ready;
  if (left !== undefined && isReady(left.ready) && (await canAdopt(left, controlAnswers))) {
    log('Using the simulated cluster an earlier start left running.');
    ready = left.ready;
  } else {
    await closeDemo(run);
    ready = await start(context);
  }
  return { env: proxmoxEnv(ready), close: () => closeDemo(run) };
}

/** Ends a simulated cluster of this data folder, if one runs. */
export async function closeDemo(run: RunFile): Promise<void> {
  const entry = run.get('simulator');
  if (entry === undefined) return;
  await stop(entry.instance);
  run.remove('simulator');
}

/** Every node is named, so that the demo also shows what happens when one of them stops answering. */
export function proxmoxEnv(ready: Ready): Record<string, string> {
  return {
    PROXMOX_HOSTS: Object.values(ready.nodes)
      .map((url) => new URL(url).host)
      .join(','),
    PROXMOX_TOKEN_ID: ready.token_id,
    PROXMOX_TOKEN_SECRET: ready.token_secret,
    PROXMOX_TLS: 'verify',
    PROXMOX_CA_FILE: ready.ca_file,
  };
}

async function start({ dataDir, run }: Context): Promise<Ready> {
  const out = join(dataDir, 'simulator.ready.json');
  const err = join(dataDir, 'simulator.log');
  rmSync(out, { force: true });
  const args = ['--cluster', 'demo', '--ca-file', join(dataDir, 'simulator.ca.pem')];
  const instance = startProcess([process.execPath, simulator, ...args], { out, err });
  run.set('simulator', { instance });
  const ready = await firstLine(out, instance);
  if (ready === undefined) {
    await closeDemo(run);
    throw new Error(`The simulated cluster did not start. The end of ${err}:\n${lastLines(err)}`);
  }
  run.set('simulator', { instance, ready: { ...ready } });
  return ready;
}

async function firstLine(file: string, instance: Instance): Promise<Ready | undefined> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && (await isAlive(instance))) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text.includes('\n')) {
      const ready: unknown = JSON.parse(text.slice(0, text.indexOf('\n')));
      return isReady(ready) ? ready : undefined;
    }
    await sleep(15);
  }
  return undefined;
}

async function controlAnswers(entry: { ready?: unknown }): Promise<boolean> {
  if (!isReady(entry.ready)) return false;
  const signal = AbortSignal.timeout(2000);
  const answer = await fetch(`${entry.ready.control}/state`, { signal }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

function isReady(value: unknown): value is Ready {
  if (typeof value !== 'object' || value === null) return false;
  const { nodes, ...texts } = value as Partial<Record<keyof Ready, unknown>>;
  const named = [texts.control, texts.token_id, texts.token_secret, texts.ca_file];
  return typeof nodes === 'object' && nodes !== null && named.every((text) => typeof text === 'string');
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-12).join('\n') : '(nothing)';
}
