import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { ServiceName } from '@proxbalance/contracts';
import { startNats, startRedis } from '../../tests/support/brokers.ts';

/** A simulated cluster with some services as processes of their own, all throw-away. */
export type BenchSystem = AsyncDisposable & {
  env: Record<string, string>;
  control: string;
  /** Address of the gateway, once it listens. */
  gatewayUrl(): Promise<string>;
  /** Resident memory of each process now, MiB. */
  rssMib(): Record<string, number>;
};

type Ready = {
  nodes: Record<string, string>;
  control: string;
  token_id: string;
  token_secret: string;
  ca_file: string;
};

export type BenchOptions = {
  /** More words for the simulator's command line. */
  simulator?: string[];
  env?: Record<string, string>;
  /** All six services in one process, whichever are named. */
  inOneProcess?: boolean;
  /** Everything a process writes, line by line, to both of its outputs. Without, errors go to the terminal. */
  onLine?: (name: string, line: string) => void;
  /** A process ended that nobody had asked to. */
  onExit?: (name: string, code: number | string) => void;
};

/** `cluster`: what the simulator shows; null: there is none, and snapshots come from elsewhere. */
export async function startSystem(
  cluster: string | null,
  services: readonly ServiceName[],
  options: BenchOptions = {},
): Promise<BenchSystem> {
  const { onLine, onExit } = options;
  const [nats, redis] = await Promise.all([startNats(), startRedis()]);
  const children = new Map<string, ChildProcess>();
  const start = (name: string, file: string, args: string[], env: Record<string, string>) => {
    const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', onLine ? 'pipe' : 2] });
    children.set(name, child);
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => onLine?.(name, line));
    child.once('exit', (code, signal) => children.has(name) && onExit?.(name, code ?? signal ?? 'unknown'));
    return child;
  };
  // However this process ends, unless it is killed outright.
  process.once('exit', () => {
    for (const child of children.values()) child.kill('SIGKILL');
  });
  const words = ['--cluster', cluster ?? '', ...(options.simulator ?? [])];
  const simulator = cluster === null ? null : start('simulator', 'simulator/src/main.ts', words, {});
  const ready: Ready | null = simulator && JSON.parse(await firstLine(simulator));
  const env = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    PROXBALANCE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    PROXBALANCE_PORT: '0',
    LOG_LEVEL: 'warn',
    ...(ready ? proxmoxOf(ready) : {}),
    ...options.env,
  };
  const port = services.includes('gateway') ? await freePort() : 0;
  const url = `http://127.0.0.1:${port}`;
  if (options.inOneProcess)
    start('all', 'bench/support/one-process.ts', [JSON.stringify({ ...env, PROXBALANCE_PORT: String(port) })], {});
  for (const service of options.inOneProcess ? [] : services)
    start(service, `services/${service}/src/main.ts`, [], { ...env, PROXBALANCE_PORT: String(port) });
  return {
    env,
    control: ready?.control ?? '',
    async gatewayUrl() {
      while (!(await fetch(`${url}/api/health`).catch(() => undefined))?.ok) {
        const gone = [...children].find(([, child]) => !isRunning(child));
        if (gone) throw new Error(`${gone[0]} ended before the gateway listened`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return url;
    },
    rssMib: () =>
      Object.fromEntries(
        [...children].filter(([, child]) => isRunning(child)).map(([name, child]) => [name, residentMib(child.pid)]),
      ),
    async [Symbol.asyncDispose]() {
      const ending = [...children.values()].reverse();
      children.clear();
      for (const child of ending) await end(child);
      await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
    },
  };
}

const proxmoxOf = (ready: Ready) => ({
  PROXMOX_HOSTS: Object.values(ready.nodes)
    .map((url) => new URL(url).host)
    .join(','),
  PROXMOX_TOKEN_ID: ready.token_id,
  PROXMOX_TOKEN_SECRET: ready.token_secret,
  PROXMOX_CA_FILE: ready.ca_file,
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the simulator has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the simulator ended before it was ready');
}

function residentMib(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
