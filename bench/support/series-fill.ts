import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { fieldsOf, type RawSample, type SeriesKind, type Summary } from '../../services/collector/src/series/fields.ts';
import type { Series } from '../../services/collector/src/series/reader.ts';
import {
  bucketOf,
  chunkOf,
  hourTier,
  quarterDayTier,
  rawTier,
  type Tier,
} from '../../services/collector/src/series/tiers.ts';
import { openBenchSeries, usedMemory } from './series.ts';

/** What the series of one kind take in one tier once it is full. */
export type FilledTier = { tier: Tier['name']; bytes: number; days: number };
/** `env` says where the brokers are. */
export type FillRequest = { env: Record<string, string>; kind: SeriesKind; ids: string[]; now: number };

/** So many buckets are left for the benchmark to roll up. */
export const roundsLeft = 3;
const atOnce = 250;

/** Full retention of all series, through the collector's own store, in a process of its own: what it leaves behind is not ours. */
export async function fill(request: FillRequest): Promise<FilledTier[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(request));
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`filling ended with ${code}`);
  return JSON.parse(said);
}

if (import.meta.main) console.log(JSON.stringify(await fillAll(JSON.parse(await text(process.stdin)))));

async function fillAll(request: FillRequest): Promise<FilledTier[]> {
  await using bench = await openBenchSeries(request.env);
  const filled: FilledTier[] = [];
  for (const tier of [rawTier(request.kind), hourTier, quarterDayTier]) {
    const before = await usedMemory(bench.client);
    await fillTier(bench.series, tier, request);
    const bytes = (await usedMemory(bench.client)) - before;
    filled.push({ tier: tier.name, bytes, days: tier.keepSeconds / 86_400 });
  }
  await bench.series.catalogue.touch(request.kind, request.ids, request.now);
  return filled;
}

async function fillTier(series: Series, tier: Tier, request: FillRequest): Promise<void> {
  const { now } = request;
  const newest = bucketOf(tier, now) - (tier.name === 'raw' ? 1 : 1 + roundsLeft) * tier.bucketSeconds;
  const current = chunkOf(tier, newest);
  for (let chunk = chunkOf(tier, now - tier.keepSeconds); chunk < current; chunk += tier.chunkSeconds)
    await append(series, tier, request, times(tier, chunk, chunk + tier.chunkSeconds));
  // The room that a string takes depends on how it grew: the newest grow here as they do in use.
  for (const at of times(tier, current, newest + 1)) await append(series, tier, request, [at]);
}

async function append({ store }: Series, tier: Tier, { kind, ids }: FillRequest, ats: number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    const part = ids.slice(from, from + atOnce);
    const records = <T>(make: (kind: SeriesKind, at: number) => T) =>
      part.map((id) => [id, ats.map((at) => make(kind, at))] as const);
    if (tier.name === 'raw') await store.appendRaw(kind, records(sample));
    else await store.appendSummaries(kind, tier, records(summary));
  }
}

function times({ bucketSeconds }: Tier, from: number, to: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / bucketSeconds) }, (_, index) => from + index * bucketSeconds);
}

function sample(kind: SeriesKind, at: number): RawSample {
  return { at, place: 1, count: 20, values: fieldsOf(kind).map(() => 100 * Math.random()) };
}

function summary(kind: SeriesKind, at: number): Summary {
  const statistics = fieldsOf(kind).map(() => {
    const avg = 40 * Math.random();
    return { count: 240, avg, min: avg / 2, max: 2 * avg, p95: 1.5 * avg };
  });
  return { at, place: 1, statistics };
}
