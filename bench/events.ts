/** How long a sample takes to become a recommendation, and what the processes hold. Arguments: sizes such as 8x200. */
import { CollectNow, Generate, RecommendationsGenerated, SettingsChanged, SnapshotTaken } from '@proxbalance/contracts';
import { openBenchBus } from './support/bus.ts';
import { median, printTable, sizes } from './support/figures.ts';
import { startSystem } from './support/system.ts';

const rounds = 7;
const smallEvents = 500;
const askedThreshold = 61;

for (const size of sizes(process.argv.slice(2))) {
  await using system = await startSystem(`generated:${size.label}`, ['collector', 'recommender', 'gateway']);
  const { bus, close } = await openBenchBus(system.env);
  let complete = false;
  let told: (latency: { total: number; engine: number; moves: number }) => void = () => {};
  bus.observe(SnapshotTaken, ({ data }) => {
    complete = data.summary.unknown_guests === 0;
  });
  bus.observe(RecommendationsGenerated, ({ data }) => {
    if (data.parameters.cpu_threshold === askedThreshold) return;
    const total = Date.now() - Date.parse(data.snapshot_collected_at);
    told({ total, engine: data.generation_time_ms, moves: data.count });
  });
  const round = () =>
    new Promise<{ total: number; engine: number; moves: number }>((resolve) => {
      told = resolve;
      // What was asked for with thresholds of one's own is followed by a judgement of the next snapshot, however little changed.
      void bus
        .ask(Generate, { cpu_threshold: askedThreshold })
        .then(() => bus.ask(CollectNow, { requested_by: 'bench' }));
    });
  while (!complete) await round();
  const results = [];
  for (let count = 0; count < rounds; count++) results.push(await round());

  printTable(`events ${size.label}`, [
    ['snapshot to recommendation (ms, median)', median(results.map((result) => result.total))],
    ['slowest (ms)', Math.max(...results.map((result) => result.total))],
    ['of that the engine (ms, median)', median(results.map((result) => result.engine))],
    ['moves recommended', median(results.map((result) => result.moves))],
    ['small event, publish to handler (ms, median)', (await smallEventLatency(bus)).toFixed(2)],
    ['RSS (MiB)', JSON.stringify(system.rssMib())],
  ]);
  await close();
}

async function smallEventLatency(bus: Awaited<ReturnType<typeof openBenchBus>>['bus']): Promise<number> {
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  const done = new Promise<void>((resolve) => {
    bus.observe(SettingsChanged, ({ id }) => {
      const sent = sentAt.get(id);
      if (sent !== undefined) latencies.push(performance.now() - sent);
      if (latencies.length >= smallEvents) resolve();
    });
  });
  for (let index = 0; index < smallEvents + 50; index++) {
    const id = `bench-${index}`;
    sentAt.set(id, performance.now());
    await bus.publish(SettingsChanged, { keys: ['bench'], revision: 1, changed_by: 'bench' }, { id });
  }
  await done;
  return median(latencies);
}
