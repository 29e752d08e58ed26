import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meansOf, provideBrokers } from '../../scripts/brokers/install.ts';
import { type BrokerKind, nats, redis } from '../../scripts/brokers/kinds.ts';
import { launchBroker } from '../../scripts/brokers/launch.ts';
import { signal, stop } from '../../scripts/instance.ts';
import { reapWithUs } from './reaper.ts';

/** A broker of one test: on loopback, with its own data, gone when the test or the test runner is. */
export interface TestBroker extends AsyncDisposable {
  url: string;
  port: number;
  /** Ends it without warning (SIGKILL); port and data stay its own. */
  kill(): Promise<void>;
  /** Ends it in order; port and data stay its own. */
  stop(): Promise<void>;
  /** Starts it again (after ending it, if it runs) on the same port and data; resolves when it answers. */
  restart(): Promise<void>;
}

/** A private nats-server with JetStream. A given `storeDir` is not removed at the end. */
export function startNats({ port, storeDir }: { port?: number; storeDir?: string } = {}): Promise<TestBroker> {
  return startBroker(nats, port, storeDir);
}

/** A private redis-server with an append-only file. A given `dir` is not removed at the end. */
export function startRedis({ port, dir }: { port?: number; dir?: string } = {}): Promise<TestBroker> {
  return startBroker(redis, port, dir);
}

async function startBroker(kind: BrokerKind, wantedPort?: number, givenDir?: string): Promise<TestBroker> {
  await provideBrokers([kind], console.error);
  const means = meansOf(kind);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `proxbalance-test-${kind.name}-`)));
  const dir = givenDir ?? join(folder, 'data');
  const logFile = join(folder, 'log');

  let reaper: { release(): void } | undefined;
  const start = (port?: number) =>
    launchBroker(kind, means, {
      port,
      dir,
      logFile,
      onStarted({ instance }) {
        reaper?.release();
        reaper = reapWithUs(instance, dir, folder);
      },
    });
  const cleanUp = async () => {
    reaper?.release();
    await rm(folder, { recursive: true, force: true });
  };

  let broker = await start(wantedPort).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  const { port } = broker;
  return {
    url: kind.url(port),
    port,
    async kill() {
      await signal(broker.instance, 'SIGKILL');
      await stop(broker.instance);
    },
    stop: () => stop(broker.instance),
    async restart() {
      await stop(broker.instance);
      broker = await start(port);
    },
    async [Symbol.asyncDispose]() {
      await stop(broker.instance);
      await cleanUp();
    },
  };
}
