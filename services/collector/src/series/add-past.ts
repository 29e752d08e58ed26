import type { Backfill } from './backfill.ts';
import type { SeriesKind } from './fields.ts';
import type { Series } from './reader.ts';
import { hourTier, quarterDayTier, rawTier, type Tier } from './tiers.ts';

const day = 24 * 3600;

/** Whether it was measured here a week ago: then Proxmox keeps nothing finer that we lack. */
export async function hasPast({ store }: Series, kind: SeriesKind, id: string, nowSeconds: number): Promise<boolean> {
  const hours = await store.readSummaries(kind, hourTier, [id], nowSeconds - 8 * day, nowSeconds - 6 * day);
  return (hours.get(id)?.length ?? 0) > 0;
}

/** Adds what Proxmox kept. What we measured ourselves stands; done twice, it adds nothing. */
export async function addPast(series: Series, kind: SeriesKind, id: string, past: Backfill, nowSeconds: number) {
  const { store, catalogue } = series;
  const lacking = async <T extends { at: number }>(tier: Tier, records: T[]): Promise<[string, T[]][]> => {
    const own = await knownTimes(series, kind, id, tier, nowSeconds);
    const added = records.filter(({ at }) => !own.has(at));
    return added.length > 0 ? [[id, added]] : [];
  };
  await store.appendRaw(kind, await lacking(rawTier(kind), past.raw));
  await store.appendSummaries(kind, hourTier, await lacking(hourTier, past.hours));
  await store.appendSummaries(kind, quarterDayTier, await lacking(quarterDayTier, past.quarterDays));
  const newest = past.raw.at(-1) ?? past.hours.at(-1);
  if (newest) await catalogue.introduce(kind, id, newest.at);
}

async function knownTimes(
  { store }: Series,
  kind: SeriesKind,
  id: string,
  tier: Tier,
  now: number,
): Promise<Set<number>> {
  const from = now - tier.keepSeconds;
  const own =
    tier.name === 'raw'
      ? await store.readRaw(kind, [id], from, now)
      : await store.readSummaries(kind, tier, [id], from, now);
  return new Set(own.get(id)?.map(({ at }) => at));
}
