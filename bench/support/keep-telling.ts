import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { SnapshotTaken } from '@proxbalance/contracts';
import { pause } from '@proxbalance/service-kit';
import { generateCluster } from '../../libs/engine/src/testing/generate.ts';
import { openBenchBus } from './bus.ts';

type Telling = { env: Record<string, string>; nodes: number; guests: number };

const everyMs = 10_000;

/** Snapshots now and then, as a collector would take them, from a thread of its own: who measures has nothing to do with it. */
export function keepTelling(telling: Telling): { end(): Promise<void> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: telling });
  return {
    async end() {
      worker.postMessage('end');
      await once(worker, 'exit');
    },
  };
}

if (!isMainThread) await run(workerData as Telling);

async function run({ env, ...size }: Telling): Promise<void> {
  const over = new AbortController();
  parentPort?.once('message', () => over.abort());
  const { bus, close } = await openBenchBus(env);
  const snapshot = generateCluster(size);
  for (let count = 0; !over.signal.aborted; count++) {
    const collected_at = new Date().toISOString();
    await bus.publish(SnapshotTaken, { ...snapshot, snapshot_id: `s${count}`, collected_at });
    await pause(everyMs, over.signal);
  }
  await close();
}
