import { joinSameBucket, summarizeRaw, summarizeSummaries } from './aggregate.ts';
import { fieldsOf, type RawSample, type SeriesKind, type Summary, type Values } from './fields.ts';
import { bucketOf, hourTier, quarterDayTier, rawTier, type Tier } from './tiers.ts';

/** Means of a stretch of time, as Proxmox keeps them: it ends at `end`, Unix seconds, and begins where the row before it ended. */
export type PastRow = { end: number; values: Values };

/** What Proxmox kept of a node or guest, as our own tiers have it. */
export type Backfill = { raw: RawSample[]; hours: Summary[]; quarterDays: Summary[] };

/** Proxmox looks every ten seconds: what a row counts for follows from its length. */
const lookSeconds = 10;
/** Proxmox VE 8 has a week in steps of three hours; what seems longer comes after rows that are not there. */
const longestSeconds = 3 * 3600;
/** What is younger is still being measured. */
const youngSeconds = 60;

/**
 * Rows of the last two days become samples, hours and quarter days that are over become summaries. A row that is longer than
 * a bucket is in each bucket that it covers; gaps stay gaps.
 */
export function backfillFrom(
  kind: SeriesKind,
  day: readonly PastRow[],
  week: readonly PastRow[],
  nowSeconds: number,
): Backfill {
  const fine = stretches(day, nowSeconds);
  const all = [...stretches(week, fine[0]?.from ?? nowSeconds), ...fine];
  const summaries = <T extends { at: number }>(tier: Tier, parts: readonly T[], make: Make<T>) =>
    [...Map.groupBy(parts, ({ at }) => bucketOf(tier, at))].flatMap(([at, own]) =>
      at + tier.bucketSeconds <= nowSeconds ? (make(own, at, fieldsOf(kind).length) ?? []) : [],
    );
  const tier = rawTier(kind);
  const isWanted = ({ at }: RawSample) =>
    at >= nowSeconds - tier.keepSeconds && at + tier.bucketSeconds <= nowSeconds - youngSeconds;
  const hours = summaries(hourTier, cut(all, hourTier), summarizeRaw);
  return {
    raw: joinSameBucket(cut(all, tier)).filter(isWanted),
    hours,
    quarterDays: summaries(quarterDayTier, hours, summarizeSummaries),
  };
}

type Make<T> = (parts: readonly T[], at: number, fields: number) => Summary | null;
type Stretch = { from: number; to: number; values: Values };

/** What was measured, oldest first; nothing of it after `until`. */
function stretches(rows: readonly PastRow[], until: number): Stretch[] {
  return rows.flatMap(({ end, values }, index) => {
    const before = rows[index - 1]?.end;
    const after = rows[index + 1]?.end;
    const step = before === undefined ? (after ?? end) - end : end - before;
    const from = end - Math.min(step, longestSeconds);
    const to = Math.min(end, until);
    return from >= to || values.every(Number.isNaN) ? [] : [{ from, to, values }];
  });
}

/** Stretches cut where a bucket ends. */
function cut(all: readonly Stretch[], { bucketSeconds }: Tier): RawSample[] {
  const pieces: RawSample[] = [];
  for (const { from, to, values } of all) {
    for (let at = bucketOf({ bucketSeconds }, from); at < to; at += bucketSeconds) {
      const seconds = Math.min(to, at + bucketSeconds) - Math.max(from, at);
      pieces.push({ at, place: 0, count: Math.max(1, Math.round(seconds / lookSeconds)), values });
    }
  }
  return pieces;
}
