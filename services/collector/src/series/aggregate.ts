import type { RawSample, Statistic, Summary } from './fields.ts';

/** Raw samples of one bucket as one summary. Means are weighted by what they were made of; p95 is exact over the samples. */
export function summarizeRaw(samples: readonly RawSample[], at: number, fields: number): Summary | null {
  if (samples.length === 0) return null;
  const statistics = Array.from({ length: fields }, (_, index) => {
    const seen = samples.flatMap(({ values, count }) => {
      const value = values[index] ?? NaN;
      return Number.isNaN(value) ? [] : [{ value, count: Math.max(1, count) }];
    });
    return statisticOf(seen);
  });
  return { at, place: samples.at(-1)?.place ?? 0, statistics };
}

/**
 * Summaries of one longer bucket as one. Mean, minimum and maximum are exact; p95 is approximate: the mean of the parts'
 * p95 weighted by their counts, since the samples themselves are gone.
 */
export function summarizeSummaries(parts: readonly Summary[], at: number, fields: number): Summary | null {
  if (parts.length === 0) return null;
  const statistics = Array.from({ length: fields }, (_, index) =>
    merge(parts.flatMap((part) => part.statistics[index] ?? [])),
  );
  return { at, place: parts.at(-1)?.place ?? 0, statistics };
}

function statisticOf(seen: { value: number; count: number }[]): Statistic | null {
  if (seen.length === 0) return null;
  const sorted = seen.map(({ value }) => value).sort((a, b) => a - b);
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  return {
    count,
    avg: seen.reduce((sum, one) => sum + one.value * one.count, 0) / count,
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    p95: quantile(sorted, 0.95),
  };
}

function merge(parts: Statistic[]): Statistic | null {
  if (parts.length === 0) return null;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const weighted = (read: (part: Statistic) => number) =>
    parts.reduce((sum, part) => sum + read(part) * part.count, 0) / count;
  return {
    count,
    avg: weighted((part) => part.avg),
    min: Math.min(...parts.map((part) => part.min)),
    max: Math.max(...parts.map((part) => part.max)),
    p95: weighted((part) => part.p95),
  };
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

/** One summary for each bucket, given in order of time: should two have been made at once, the one that saw more. */
export function keepFullest(summaries: readonly Summary[]): Summary[] {
  const kept: Summary[] = [];
  for (const summary of summaries) {
    const last = kept.at(-1);
    if (last?.at !== summary.at) kept.push(summary);
    else if (seenBy(summary) > seenBy(last)) kept[kept.length - 1] = summary;
  }
  return kept;
}

const seenBy = ({ statistics }: Summary): number => statistics.reduce((sum, one) => sum + (one?.count ?? 0), 0);
