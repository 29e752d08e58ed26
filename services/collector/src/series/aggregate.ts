import type { RawSample, Statistic, Summary } from './fields.ts';

/** Raw samples of one bucket as one summary. Means are weighted by what they were made of; p95 is exact over the samples. */
export function summarizeRaw(samples: readonly RawSample[], at: number, fields: number): Summary | null {
  const last = samples.at(-1);
  if (!last) return null;
  return { at, place: last.place, statistics: forEachField(fields, (field) => statisticOf(samples, field)) };
}

/**
 * Summaries of one longer bucket as one. Mean, minimum and maximum are exact; p95 is approximate: the mean of the parts'
 * p95 weighted by their counts, since the samples themselves are gone.
 */
export function summarizeSummaries(parts: readonly Summary[], at: number, fields: number): Summary | null {
  const last = parts.at(-1);
  if (!last) return null;
  return { at, place: last.place, statistics: forEachField(fields, (field) => merge(parts, field)) };
}

function forEachField(fields: number, make: (field: number) => Statistic | null): (Statistic | null)[] {
  return Array.from({ length: fields }, (_, field) => make(field));
}

/* Plain loops: this runs for every field of every guest, and leaves nothing behind that would have to be collected. */

function statisticOf(samples: readonly RawSample[], field: number): Statistic | null {
  const values: number[] = [];
  let sum = 0;
  let count = 0;
  for (const sample of samples) {
    const value = sample.values[field] ?? NaN;
    if (Number.isNaN(value)) continue;
    const weight = Math.max(1, sample.count);
    values.push(value);
    sum += value * weight;
    count += weight;
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return {
    count,
    avg: sum / count,
    min: values[0] ?? NaN,
    max: values.at(-1) ?? NaN,
    p95: quantile(values, 0.95),
  };
}

function merge(parts: readonly Summary[], field: number): Statistic | null {
  const all = { count: 0, avg: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, p95: 0 };
  for (const { statistics } of parts) {
    const part = statistics[field];
    if (!part) continue;
    all.count += part.count;
    all.avg += part.avg * part.count;
    all.p95 += part.p95 * part.count;
    all.min = Math.min(all.min, part.min);
    all.max = Math.max(all.max, part.max);
  }
  if (all.count === 0) return null;
  return { ...all, avg: all.avg / all.count, p95: all.p95 / all.count };
}

/** Linear interpolation between the two nearest ranks. */
function quantile(sorted: readonly number[], share: number): number {
  const rank = (sorted.length - 1) * share;
  const low = sorted[Math.floor(rank)] ?? NaN;
  const high = sorted[Math.ceil(rank)] ?? NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** Two records of one bucket — two replicas took turns — as one, weighted by what each saw. */
export function joinSameBucket(samples: readonly RawSample[]): RawSample[] {
  const joined: RawSample[] = [];
  for (const sample of samples) {
    const last = joined.at(-1);
    if (last?.at === sample.at) joined[joined.length - 1] = joinTwo(last, sample);
    else joined.push(sample);
  }
  return joined;
}

function joinTwo(a: RawSample, b: RawSample): RawSample {
  const count = a.count + b.count;
  const values = a.values.map((value, index) => {
    const other = b.values[index] ?? NaN;
    if (Number.isNaN(value)) return other;
    return Number.isNaN(other) ? value : (value * a.count + other * b.count) / count;
  });
  return { at: a.at, place: b.place, count, values };
}

/** One record for each bucket, given in order of time: should two have been made at once, the one that saw more. */
export function keepFullest<T extends { at: number }>(records: readonly T[], seenBy: (record: T) => number): T[] {
  const kept: T[] = [];
  for (const record of records) {
    const last = kept.at(-1);
    if (last?.at !== record.at) kept.push(record);
    else if (seenBy(record) > seenBy(last)) kept[kept.length - 1] = record;
  }
  return kept;
}

/** How much a summary is made of, all its fields together. */
export const seenInAll = ({ statistics }: Summary): number =>
  statistics.reduce((sum, one) => sum + (one?.count ?? 0), 0);
