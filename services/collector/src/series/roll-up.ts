import { setImmediate as turn } from 'node:timers/promises';
import { summarizeRaw, summarizeSummaries } from './aggregate.ts';
import { fieldsOf, type SeriesKind, type Summary } from './fields.ts';
import type { SeriesStore } from './store.ts';
import { hourTier, type quarterDayTier, type Tier } from './tiers.ts';

/** So many series at a time: a millisecond of work. */
const slice = 25;

/**
 * Makes the summary of one bucket that is over, for every series that has none yet: done twice, it adds nothing; begun and
 * cut off, the next try goes on where it stopped.
 */
export async function rollUp(
  store: SeriesStore,
  kind: SeriesKind,
  tier: typeof hourTier | typeof quarterDayTier,
  ids: readonly string[],
  at: number,
): Promise<number> {
  const end = at + tier.bucketSeconds;
  let added = 0;
  for (let from = 0; from < ids.length; from += slice) {
    const part = ids.slice(from, from + slice);
    const done = await store.readSummaries(kind, tier, part, at, end);
    const missing = part.filter((id) => (done.get(id)?.length ?? 0) === 0);
    const summaries = await summarize(store, kind, tier, missing, at, end);
    await store.appendSummaries(kind, tier, summaries);
    added += summaries.size;
    await turn();
  }
  return added;
}

async function summarize(
  store: SeriesStore,
  kind: SeriesKind,
  tier: Tier,
  ids: readonly string[],
  at: number,
  end: number,
): Promise<Map<string, Summary>> {
  const fields = fieldsOf(kind).length;
  if (tier.name === 'hour')
    return keepPresent(await store.readRaw(kind, ids, at, end), (samples) => summarizeRaw(samples, at, fields));
  return keepPresent(await store.readSummaries(kind, hourTier, ids, at, end), (parts) =>
    summarizeSummaries(parts, at, fields),
  );
}

function keepPresent<T>(found: ReadonlyMap<string, T[]>, make: (records: T[]) => Summary | null): Map<string, Summary> {
  const made = new Map<string, Summary>();
  for (const [id, records] of found) {
    const summary = make(records);
    if (summary) made.set(id, summary);
  }
  return made;
}
