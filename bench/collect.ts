/** What collecting costs: requests per live tick, cold start, memory. Arguments: sizes such as 8x200. */
import { type ClusterSnapshot, CollectNow, SnapshotTaken } from '@proxbalance/contracts';
import { openBenchBus } from './support/bus.ts';
import { median, printTable, sizes } from './support/figures.ts';
import { startSystem } from './support/system.ts';

const ticks = 5;
const changes = 5;

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
  const fresh = await watchChanges(system.control, bus.observe);
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
    ['from a change to the snapshot that has it (s, median)', median(fresh.sinceChange).toFixed(2)],
    ['slowest (s); live samples are 10 s apart', Math.max(...fresh.sinceChange).toFixed(2)],
    ['of that after the sample was read (s, median)', median(fresh.sinceSample).toFixed(2)],
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

/** Makes guests at odd moments, and waits for the snapshots in which they are known whole. */
async function watchChanges(control: string, observe: Awaited<ReturnType<typeof openBenchBus>>['bus']['observe']) {
  const sinceChange: number[] = [];
  const sinceSample: number[] = [];
  let look: (snapshot: ClusterSnapshot) => void = () => {};
  observe(SnapshotTaken, ({ data }) => look(data));
  for (let change = 0; change < changes; change++) {
    await new Promise((resolve) => setTimeout(resolve, 1700 * change));
    const vmid = 900_000 + change;
    const seen = new Promise<ClusterSnapshot>((resolve) => {
      look = (snapshot) => snapshot.guests[vmid]?.unknown.length === 0 && resolve(snapshot);
    });
    const guest = {
      vmid,
      name: `new-${vmid}`,
      type: 'qemu',
      node: await firstNode(control),
      cores: 1,
      mem_bytes: 2 ** 30,
    };
    const at = Date.now();
    const answer = await fetch(`${control}/guests`, { method: 'POST', body: JSON.stringify(guest) });
    if (!answer.ok) throw new Error(await answer.text());
    const snapshot = await seen;
    sinceChange.push((Date.now() - at) / 1000);
    sinceSample.push((Date.now() - Date.parse(snapshot.collected_at)) / 1000);
  }
  return { sinceChange, sinceSample };
}

async function firstNode(control: string): Promise<string> {
  const { nodes } = (await (await fetch(`${control}/state`)).json()) as { nodes: { name: string }[] };
  return nodes[0]?.name ?? '';
}

async function requests(control: string): Promise<{ total: number; max_concurrent_per_host: Record<string, number> }> {
  return (await fetch(`${control}/requests`)).json() as Promise<{
    total: number;
    max_concurrent_per_host: Record<string, number>;
  }>;
}
