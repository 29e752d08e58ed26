import type { NodeSample } from '@proxbalance/proxmox';
import { memPercentOf } from '../derive/node-history.ts';
import { summarizeRaw, summarizeSummaries } from './aggregate.ts';
import { fieldsOf, type RawSample, type Summary } from './fields.ts';
import { bucketOf, hourTier, quarterDayTier, rawTier, type Tier } from './tiers.ts';

/** What Proxmox kept of a node, as our own tiers have it. */
export type Backfill = { raw: RawSample[]; hours: Summary[]; quarterDays: Summary[] };

const mib = 2 ** 20;
/** Proxmox looks every ten seconds: what a row counts for follows from its step. */
const lookSeconds = 10;
const fields = fieldsOf('node').length;

/** Rows of the last two days become samples, hours and quarter days that are over become summaries; gaps stay gaps. */
export function backfillFrom(day: readonly NodeSample[], week: readonly NodeSample[], nowSeconds: number): Backfill {
  const fine = toSamples(day);
  const oldest = fine[0]?.at ?? nowSeconds;
  const all = [...toSamples(week).filter(({ at }) => at < oldest), ...fine];
  const hours = buckets(all, hourTier, nowSeconds, summarizeRaw);
  return {
    raw: fine.filter(({ at }) => at >= nowSeconds - rawTier('node').keepSeconds && at < nowSeconds - 60),
    hours,
    quarterDays: buckets(hours, quarterDayTier, nowSeconds, summarizeSummaries),
  };
}

function buckets<T extends { at: number }>(
  rows: readonly T[],
  tier: Tier,
  nowSeconds: number,
  summarize: (rows: readonly T[], at: number, fields: number) => Summary | null,
): Summary[] {
  const groups = Map.groupBy(rows, ({ at }) => bucketOf(tier, at));
  return [...groups]
    .filter(([at]) => at + tier.bucketSeconds <= nowSeconds)
    .flatMap(([at, own]) => summarize(own, at, fields) ?? [])
    .sort((a, b) => a.at - b.at);
}

function toSamples(rows: readonly NodeSample[]): RawSample[] {
  const step = stepOf(rows);
  return rows.flatMap((row) => {
    const values = valuesOf(row);
    if (values.every(Number.isNaN)) return [];
    const at = bucketOf(rawTier('node'), Math.floor(row.at.getTime() / 1000));
    return [{ at, place: 0, count: Math.max(1, Math.round(step / lookSeconds)), values }];
  });
}

/** The usual distance between rows, seconds. */
function stepOf(rows: readonly NodeSample[]): number {
  const times = rows.map(({ at }) => at.getTime() / 1000);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? rawTier('node').bucketSeconds;
}

const ratio = (value: number | null): number => (value === null ? NaN : 100 * value);
const orNaN = (value: number | null): number => value ?? NaN;

/** In the order of `nodeFields`. */
const valuesOf = (row: NodeSample): number[] => [
  ratio(row.cpuRatio),
  orNaN(memPercentOf(row, row.arcBytes)),
  ratio(row.iowaitRatio),
  orNaN(row.loadAverage),
  orNaN(row.netInBytesPerSecond) / mib,
  orNaN(row.netOutBytesPerSecond) / mib,
  orNaN(row.pressure.cpuSomePercent),
  orNaN(row.pressure.ioSomePercent),
  orNaN(row.pressure.memorySomePercent),
];
