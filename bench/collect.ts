/** What collecting costs: requests per live tick, cold start, memory. Arguments: sizes such as 8x200. */
import { type ClusterSnapshot, CollectNow, SnapshotTaken } from '@proxbalance/contracts';
import { openBenchBus } from './support/bus.ts';
import { median, printTable, sizes } from './support/figures.ts';
import { startSystem } from './support/system.ts';

const ticks = 5;

for (const size of sizes(process.argv.slice(2))) {
  await using system = await startSystem(`generated:${size.label}`, ['collector']);
  const startedAt = performance.now();
  const { bus, close } = await openBenchBus(system.env);
  const snapshots = watchSnapshots(bus.observe);
  const first = await snapshots.next();
  const firstMs = performance.now() - startedAt;
  let complete = first;
  while (complete.summary.unknown_guests > 0) complete = await snapshots.next();
  const completeMs = performance.now() - startedAt;
  const cold = await requests(system.control);

  const perTick: number[] = [];
  const seconds: number[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    const answer = await bus.ask(CollectNow, { requested_by: 'bench' });
    if (!answer.ok) throw new Error(answer.error.message);
    const snapshot = await snapshots.next();
    perTick.push(snapshot.performance.requests);
    seconds.push(snapshot.performance.total_time);
  }
  const earlierLow = 7 + 6 * size.nodes + size.guests;
  printTable(`collect ${size.label}`, [
    ['first snapshot after (s)', (firstMs / 1000).toFixed(2)],
    ['every configuration read after (s)', (completeMs / 1000).toFixed(2)],
    ['requests of the cold start', cold.total],
    ['most at once on one host', Math.max(...Object.values(cold.max_concurrent_per_host))],
    ['requests per live tick (median)', median(perTick)],
    ['the earlier system, each run', `${earlierLow} to ${earlierLow + 2 * size.guests}`],
    ['ratio, at least', `1 : ${Math.floor(earlierLow / median(perTick))}`],
    ['seconds per live tick (median)', median(seconds).toFixed(3)],
    ['RSS (MiB)', JSON.stringify(system.rssMib())],
  ]);
  await close();
}

/** Snapshots one after another; those nobody waited for are passed over. */
function watchSnapshots(observe: Awaited<ReturnType<typeof openBenchBus>>['bus']['observe']): {
  next(): Promise<ClusterSnapshot>;
} {
  let take: (snapshot: ClusterSnapshot) => void = () => {};
  observe(SnapshotTaken, ({ data }) => take(data));
  return {
    next: () =>
      new Promise((resolve) => {
        take = resolve;
      }),
  };
}

async function requests(control: string): Promise<{ total: number; max_concurrent_per_host: Record<string, number> }> {
  return (await fetch(`${control}/requests`)).json() as Promise<{
    total: number;
    max_concurrent_per_host: Record<string, number>;
  }>;
}
