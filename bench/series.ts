/** What history costs: Redis memory, writing, rolling up, reading, and how long each blocks the process. Arguments: sizes such as 8x200. */
import type { Log } from '@proxbalance/service-kit';
import { generateCluster } from '../libs/engine/src/testing/generate.ts';
import { readGuestHistory } from '../services/collector/src/requests/history.ts';
import { readNodeTrends } from '../services/collector/src/requests/node-trends.ts';
import { readGuestProfiles } from '../services/collector/src/requests/profiles.ts';
import type { Series } from '../services/collector/src/series/reader.ts';
import { openRecorder } from '../services/collector/src/series/recorder.ts';
import { rollUp } from '../services/collector/src/series/roll-up.ts';
import { bucketOf, hourTier, quarterDayTier, rawTier } from '../services/collector/src/series/tiers.ts';
import { startNats, startRedis } from '../tests/support/brokers.ts';
import { median, printTable, sizes } from './support/figures.ts';
import { costRow, rssMib, type Watched, watched } from './support/loop.ts';
import { openBenchSeries, usedMemory } from './support/series.ts';
import { type FilledTier, fill, roundsLeft } from './support/series-fill.ts';

type Row = [string, string | number];
type Size = { label: string; nodes: number; guests: number };

const quiet = { warn: console.error } as unknown as Log;

const args = process.argv.slice(2);
for (const size of sizes(args.length > 0 ? args : ['64x10000'])) await measure(size);

async function measure({ label, nodes, guests }: Size): Promise<void> {
  await using nats = await startNats();
  await using redis = await startRedis();
  const env = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    PROXBALANCE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOG_LEVEL: 'warn',
  };
  const now = Math.floor(Date.now() / 1000);
  const cluster = generateCluster({ nodes, guests });
  const ids = Object.keys(cluster.guests);
  const nodeTiers = await fill({ env, kind: 'node', ids: Object.keys(cluster.nodes), now });
  const guestTiers = await fill({ env, kind: 'guest', ids, now });

  await using bench = await openBenchSeries(env);
  const total = await usedMemory(bench.client);
  const rssBefore = rssMib();
  const ticks = await recordTicks(bench.series, cluster, now);
  const rolledUp = await rollUps(bench.series, ids, now);
  const reads = await readAll(bench.series, ids, now);
  const peak = Math.max(...[...ticks.all, ...rolledUp.all, ...reads.all].map(({ peakMib }) => peakMib));
  printTable(`series ${label}`, [
    ['Redis used_memory, all tiers full', `${mib(total)} MiB, ${(total / guests / 1000).toFixed(1)} KB a guest`],
    ...guestTiers.map((tier) => tierRow('guest', tier, guests)),
    ...nodeTiers.map((tier) => tierRow('node', tier, nodes)),
    ...ticks.rows,
    ...rolledUp.rows,
    ...reads.rows,
    ['RSS of this process before, at its peak, after', `${rssBefore}, ${peak}, ${rssMib()} MiB`],
  ]);
}

type Part = { rows: Row[]; all: Watched<unknown>[] };

/** A look at everything, as at every tick, and the one that ends a bucket and writes it. */
async function recordTicks(series: Series, cluster: ReturnType<typeof generateCluster>, now: number): Promise<Part> {
  const recorder = openRecorder({ ...series, log: quiet, now: () => new Date(now * 1000) });
  const start = bucketOf(rawTier('guest'), now) + rawTier('guest').bucketSeconds;
  const tick = (seconds: number) =>
    watched(async () => {
      const collected_at = new Date((start + seconds) * 1000).toISOString();
      recorder.record({ ...cluster, collected_at }, new Map(), []);
      await recorder.settled();
    });
  const looks: Watched<void>[] = [];
  const writes: Watched<void>[] = [];
  for (let round = 0; round < 5; round++) {
    const first = await tick(300 * round);
    if (round > 0) writes.push(first);
    for (const seconds of [15, 30, 45]) looks.push(await tick(300 * round + seconds));
  }
  await recorder.close();
  return {
    rows: [costRow('a tick that only looks', looks), costRow('a tick that writes five minutes of all', writes)],
    all: [...looks, ...writes],
  };
}

async function rollUps({ store }: Series, ids: string[], now: number): Promise<Part> {
  const rows: Row[] = [];
  const all: Watched<number>[] = [];
  for (const tier of [hourTier, quarterDayTier] as const) {
    const rounds: Watched<number>[] = [];
    for (let round = roundsLeft; round >= 1; round--) {
      const at = bucketOf(tier, now) - round * tier.bucketSeconds;
      rounds.push(await watched(() => rollUp(store, 'guest', tier, ids, at)));
    }
    if (rounds.some(({ value }) => value !== ids.length)) throw new Error('not every guest was rolled up');
    rows.push(costRow(`roll-up of all, ${tier.name}`, rounds));
    all.push(...rounds);
  }
  return { rows, all };
}

async function readAll(series: Series, ids: string[], now: number): Promise<Part> {
  const deps = { series, timeZone: () => 'UTC', now: () => new Date(now * 1000) };
  const rows: Row[] = [];
  for (const [name, hours] of [...Object.entries({ '1 h': 1, '24 h': 24, '7 d': 168, '90 d': 2160 })] as const) {
    const times: number[] = [];
    for (const id of ids.slice(0, 100)) {
      const startedAt = performance.now();
      await readGuestHistory(deps)({ vmid: Number(id), hours });
      times.push(performance.now() - startedAt);
    }
    rows.push([`history of one guest, ${name}`, `${median(times).toFixed(2)} ms`]);
  }
  const profiles: Watched<unknown>[] = [];
  const trends: Watched<unknown>[] = [];
  const thresholds = { cpu_threshold: 60, mem_threshold: 70 };
  for (let round = 0; round < 3; round++) {
    profiles.push(await watched(async () => JSON.stringify(await readGuestProfiles(deps)()).length));
    trends.push(await watched(() => readNodeTrends(deps)({ lookback_days: 7, ...thresholds })));
  }
  rows.push(costRow('profiles of all guests', profiles), costRow('trends of all nodes, 7 d', trends));
  return { rows, all: [...profiles, ...trends] };
}

function tierRow(kind: string, { tier, bytes, days }: FilledTier, count: number): Row {
  return [`bytes per ${kind}-day, ${tier}, ${days} d`, `${Math.round(bytes / count / days)} (${mib(bytes)} MiB)`];
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
