import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProxmoxOptions, parseHosts } from '../src/index.ts';

type Ready = {
  nodes: Record<string, string>;
  control: string;
  token_id: string;
  token_secret: string;
  ca_file: string;
  fingerprints: Record<string, string>;
};

export type Simulator = AsyncDisposable & {
  /** A client's options: every node a host in the order of names, its own authority, its own token. */
  options: Pick<ProxmoxOptions, 'hosts' | 'tokenId' | 'tokenSecret' | 'tls'>;
  /** SHA-256 of a node's certificate. */
  fingerprint: (node: string) => string;
  /** Posts to the control interface: `control('faults', {…})`. */
  control: (path: string, body: unknown) => Promise<void>;
  clearFaults: () => Promise<void>;
};

/** The simulator as its own process, with `cluster` in the form of its cluster file. */
export const startSimulator = async (cluster: unknown, words: string[] = []): Promise<Simulator> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxmox-test-'));
  const file = join(folder, 'cluster.json');
  await writeFile(file, JSON.stringify(cluster));
  const main = join(import.meta.dirname, '../../../simulator/src/main.ts');
  const child = spawn(process.execPath, [main, '--cluster', file, '--auth-delay-ms', '50', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]): Ready => JSON.parse(String(line))),
    ended.then(([code]) => Promise.reject(new Error(`the simulator ended with ${String(code)}`))),
  ]);
  return {
    options: {
      hosts: parseHosts(
        Object.values(ready.nodes)
          .map((url) => new URL(url).host)
          .join(','),
      ),
      tokenId: ready.token_id,
      tokenSecret: ready.token_secret,
      tls: { mode: 'verify', ca: await readFile(ready.ca_file, 'utf8') },
    },
    fingerprint: (node) => ready.fingerprints[node] ?? '',
    control: (path, body) => call(ready.control, 'POST', path, body),
    clearFaults: () => call(ready.control, 'DELETE', 'faults'),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
};

const call = async (base: string, method: string, path: string, body?: unknown): Promise<void> => {
  const response = await fetch(`${base}/${path}`, { method, body: body === undefined ? null : JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
};
