import { setTimeout as sleep } from 'node:timers/promises';
import { openBrokers } from './brokers.ts';
import { openDataFolder } from './data-folder.ts';
import { closeDemo, openDemo } from './demo.ts';
import { signal } from './instance.ts';
import { lockFolder } from './lock.ts';
import { openRunFile, type RunFile } from './run-file.ts';
import { readStartArgs, type StartArgs, usage } from './start-args.ts';
import { stopRequests } from './stop-requests.ts';

type Env = Record<string, string | undefined>;
type Background = { run?: RunFile };
type Closers = (() => Promise<void>)[];

const log = (line: string) => console.error(line);
// Whoever reads our output may stop reading it; that is no reason to stop.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const banner = `
  DEMO. No Proxmox VE cluster is configured, so this one is simulated. It exists only in memory: nothing you do
  here touches a real machine, and it is gone when you stop it. For your own cluster, save its address and token
  in the settings or set PROXMOX_HOSTS, PROXMOX_TOKEN_ID and PROXMOX_TOKEN_SECRET, then start again.
`;

const read = readStartArgs(process.argv.slice(2));
if ('wrong' in read) {
  console.error(`${read.wrong}\n\n${usage}`);
  process.exitCode = 2;
} else if (read.args.help) {
  console.log(usage);
} else {
  process.exitCode = await start(read.args);
  // Everything is closed by now. Should anything still hold the process, it has no say.
  setTimeout(() => process.exit(), 2_000).unref();
}

/** Opens everything, waits to be told to stop, closes it in reverse order. Returns the exit code. */
async function start(args: StartArgs): Promise<number> {
  const closers: Closers = [];
  const background: Background = {};
  const stop = stopRequests({ onSecond: () => void leaveNow(background) });
  let code = 0;
  try {
    const url = await open(args, closers, background, stop.signal);
    if (!stop.signal.aborted) console.log(`ProxBalance is ready: ${url}`);
    await stop.requested;
    log('Stopping ...');
  } catch (error) {
    if (!stop.signal.aborted) {
      log(`\n${explain(error)}`);
      code = 1;
    }
  }
  for (const close of closers.reverse()) {
    await close().catch((error: unknown) => {
      log(`While stopping: ${explain(error)}`);
      code = 1;
    });
  }
  stop.end();
  return code;
}

/** Waits for nobody. What runs in the background is told to end, and saves its data by itself. */
async function leaveNow({ run }: Background): Promise<void> {
  await Promise.all((run?.entries() ?? []).map(([, entry]) => signal(entry.instance, 'SIGTERM')));
  process.exit(1);
}

async function open(args: StartArgs, closers: Closers, background: Background, stop: AbortSignal): Promise<string> {
  const dataDir = openDataFolder(args.data ?? (process.env.PROXBALANCE_DATA_DIR || '.data'));
  const lock = await lockFolder(dataDir);
  closers.push(lock.release);
  stop.addEventListener('abort', lock.sayStopping);
  const run = openRunFile(dataDir);
  background.run = run;

  const services = import('./all.ts');
  const brokers = await openBrokers({ env: process.env, dataDir, run, log });
  closers.push(brokers.close);
  stop.throwIfAborted();

  const env: Env = {
    ...process.env,
    NATS_URL: brokers.natsUrl,
    REDIS_URL: brokers.redisUrl,
    PROXBALANCE_DATA_DIR: dataDir,
    ...(args.port !== undefined && { PROXBALANCE_PORT: args.port }),
  };
  const { openAll, readSavedSettings } = await services;
  // Reading the settings also finds every mistake in the variables, before the demo replaces some of them.
  const isConfigured = Boolean(env.PROXMOX_HOSTS) || Boolean((await readSavedSettings(env))?.proxmox_host);
  if (args.demo && !isConfigured) Object.assign(env, await demo(dataDir, run, closers));
  else await closeDemo(run);
  stop.throwIfAborted();

  const all = await openAll(env);
  closers.push(all.close);
  await becomesHealthy(all.url, stop);
  return all.url;
}

async function demo(dataDir: string, run: RunFile, closers: Closers): Promise<Env> {
  const cluster = await openDemo({ dataDir, run, log });
  closers.push(cluster.close);
  console.log(banner);
  return cluster.env;
}

async function becomesHealthy(url: string, stop: AbortSignal): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    stop.throwIfAborted();
    const answer = await fetch(`${url}/api/health`).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.ok) return;
    if (Date.now() > deadline) {
      const reason = answer instanceof Error ? answer.message : `status ${answer.status}: ${await answer.text()}`;
      throw new Error(`The services started, but ${url}/api/health does not answer well (${reason}).`);
    }
    await sleep(50);
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}\nAnother program uses the web server's port. Stop it, or choose a port: npm start -- --port 0 (any free one).`;
  }
  return error.message;
}
