import { join } from 'node:path';
import { meansOf, provideBrokers } from './brokers/install.ts';
import { type BrokerKind, nats, redis } from './brokers/kinds.ts';
import { launchBroker } from './brokers/launch.ts';
import { isAlive, stop } from './instance.ts';
import { canAdopt, type RunFile } from './run-file.ts';

export interface Brokers {
  natsUrl: string;
  redisUrl: string;
  /** Stops those that are ours; a server named in the environment is left alone. */
  close(): Promise<void>;
}

interface Context {
  env: Record<string, string | undefined>;
  /** An absolute path: it is part of what a running broker is recognised by. */
  dataDir: string;
  run: RunFile;
  log: (line: string) => void;
}

/** The two brokers: named in the environment, left by an earlier start, or started here. */
export async function openBrokers(context: Context): Promise<Brokers> {
  const ours = [nats, redis].filter((kind) => !context.env[kind.variable]);
  await provideBrokers(ours, context.log);
  const opened = await Promise.allSettled([open(nats, context), open(redis, context)]);
  const close = async () => {
    await Promise.all(opened.map((each) => (each.status === 'fulfilled' ? each.value.close() : undefined)));
  };
  const [natsServer, redisServer] = opened;
  if (natsServer.status === 'fulfilled' && redisServer.status === 'fulfilled') {
    return { natsUrl: natsServer.value.url, redisUrl: redisServer.value.url, close };
  }
  await close();
  const failed = opened.find((each) => each.status === 'rejected');
  throw failed?.reason;
}

async function open(kind: BrokerKind, context: Context): Promise<{ url: string; close(): Promise<void> }> {
  const { env, run, log } = context;
  const given = env[kind.variable];
  const left = run.get(kind.name);
  const adoptable = left !== undefined && (await canAdopt(left, async ({ port }) => kind.answers(port ?? 0)));
  if (given || !adoptable) await drop(kind, run);
  if (given) return { url: given, close: async () => {} };

  if (adoptable) log(`Using the ${kind.binary} an earlier start left running.`);
  const port = (adoptable ? left.port : undefined) ?? (await launch(kind, context));
  const endWatch = keepRunning(kind, context, port);
  return {
    url: kind.url(port),
    async close() {
      await endWatch();
      await drop(kind, run);
    },
  };
}

async function launch(kind: BrokerKind, { dataDir, run }: Context, port?: number): Promise<number> {
  const broker = await launchBroker(kind, meansOf(kind), {
    port,
    dir: join(dataDir, kind.name),
    logFile: join(dataDir, `${kind.name}.log`),
    onStarted: (started) => run.set(kind.name, started),
  });
  return broker.port;
}

/** Ends what the run file holds for this broker; a process that is not the recorded one is not touched. */
async function drop(kind: BrokerKind, run: RunFile): Promise<void> {
  const entry = run.get(kind.name);
  if (entry === undefined) return;
  await stop(entry.instance);
  run.remove(kind.name);
}

/** A broker that ends by itself is started again on the same port and data; the clients reconnect. */
function keepRunning(kind: BrokerKind, context: Context, port: number): () => Promise<void> {
  const restartIfGone = async () => {
    const entry = context.run.get(kind.name);
    if (entry === undefined || (await isAlive(entry.instance))) return;
    context.log(`${kind.binary} ended unexpectedly; starting it again.`);
    await launch(kind, context, port).catch((error) => context.log(String(error)));
  };
  let busy = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    busy = restartIfGone().finally(() => {
      isBusy = false;
    });
  }, 1000);
  return async () => {
    clearInterval(timer);
    await busy;
  };
}
