import type { Catalogue } from './catalogue.ts';
import type { RawSample, SeriesKind, Summary } from './fields.ts';
import type { SeriesStore } from './store.ts';
import { hourTier, quarterDayTier, rawTier, type Tier } from './tiers.ts';

/** One row of a series, whatever its tier; `NaN` where nothing was measured. */
export type Row = {
  /** Begin and length of its bucket, seconds. */
  from: number;
  seconds: number;
  place: number;
  /** How many looks the row is made of, and each of its means. */
  count: number;
  counts: readonly number[];
  means: readonly number[];
};

/** Reads series across the tiers: what is recent finely, what is older coarsely, each moment once. */
export type SeriesReader = {
  /** Rows of `from ≤ begin < now`, oldest first. */
  rows(kind: SeriesKind, ids: readonly string[], from: number, now: number): Promise<Map<string, Row[]>>;
};

export function openSeriesReader(store: SeriesStore): SeriesReader {
  return {
    async rows(kind, ids, from, now) {
      const { quarterDays, hours, raw } = stretches(kind, from, now);
      const [old, middle, recent] = await Promise.all([
        store.readSummaries(kind, quarterDayTier, ids, quarterDays.from, quarterDays.to),
        store.readSummaries(kind, hourTier, ids, hours.from, hours.to),
        store.readRaw(kind, ids, raw.from, raw.to),
      ]);
      const rowsOf = (id: string) => [
        ...(old.get(id) ?? []).map((summary) => fromSummary(quarterDayTier, summary)),
        ...(middle.get(id) ?? []).map((summary) => fromSummary(hourTier, summary)),
        ...(recent.get(id) ?? []).map((sample) => fromSample(rawTier(kind), sample)),
      ];
      return new Map(ids.map((id) => [id, rowsOf(id)]));
    },
  };
}

type Stretch = { from: number; to: number };

/** Which tier has which time: cut where a bucket of the coarser one begins, so that no moment is counted twice. */
export function stretches(
  kind: SeriesKind,
  from: number,
  now: number,
): { quarterDays: Stretch; hours: Stretch; raw: Stretch } {
  const cut = (keepSeconds: number, bucketSeconds: number) =>
    Math.max(from, Math.ceil((now - keepSeconds) / bucketSeconds) * bucketSeconds);
  const hoursFrom = cut(hourTier.keepSeconds, quarterDayTier.bucketSeconds);
  const rawFrom = Math.max(hoursFrom, cut(rawTier(kind).keepSeconds, hourTier.bucketSeconds));
  return {
    quarterDays: { from, to: hoursFrom },
    hours: { from: hoursFrom, to: rawFrom },
    raw: { from: rawFrom, to: now },
  };
}

function fromSummary(tier: Tier, { at, place, statistics }: Summary): Row {
  const counts = statistics.map((one) => one?.count ?? 0);
  const means = statistics.map((one) => one?.avg ?? NaN);
  return { from: at, seconds: tier.bucketSeconds, place, count: Math.max(0, ...counts), counts, means };
}

const fromSample = (tier: Tier, { at, place, count, values }: RawSample): Row => ({
  from: at,
  seconds: tier.bucketSeconds,
  place,
  count,
  counts: values.map(() => count),
  means: values,
});

/** Everything that answers questions about series. */
export type Series = { store: SeriesStore; catalogue: Catalogue; reader: SeriesReader };
