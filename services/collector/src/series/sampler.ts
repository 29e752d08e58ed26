import type { RawSample, SeriesKind, Values } from './fields.ts';
import { bucketOf, rawTier } from './tiers.ts';

/** Gathers what is seen within a bucket of time, and hands out its means when the bucket is over. */
export type Sampler = {
  /** Adds one look. Gives the buckets that ended before it, by series; empty most of the time. */
  add(atSeconds: number, seen: ReadonlyMap<string, Look>): Map<string, RawSample>;
  /** Gives what was gathered in the bucket that is not over yet; what is seen later in it makes a second record of it. */
  end(): Map<string, RawSample>;
};

/** What was seen of one series, and where. */
export type Look = { place: number; values: Values };

type Sums = { place: number; count: number; sums: number[]; counts: number[] };

export function openSampler(kind: SeriesKind): Sampler {
  const tier = rawTier(kind);
  let bucket = -1;
  let open = new Map<string, Sums>();
  return {
    add(atSeconds, seen) {
      const current = bucketOf(tier, atSeconds);
      const ended = current === bucket ? new Map<string, RawSample>() : finish(open, bucket);
      if (current !== bucket) open = new Map();
      bucket = current;
      for (const [id, { place, values }] of seen) take(open, id, place, values);
      return ended;
    },
    end() {
      const ended = finish(open, bucket);
      open = new Map();
      return ended;
    },
  };
}

function take(open: Map<string, Sums>, id: string, place: number, values: Values): void {
  const sums = open.get(id) ?? { place, count: 0, sums: values.map(() => 0), counts: values.map(() => 0) };
  sums.place = place;
  sums.count += 1;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    sums.sums[index] = (sums.sums[index] ?? 0) + value;
    sums.counts[index] = (sums.counts[index] ?? 0) + 1;
  });
  open.set(id, sums);
}

function finish(open: ReadonlyMap<string, Sums>, at: number): Map<string, RawSample> {
  return new Map(
    [...open].map(([id, { place, count, sums, counts }]) => {
      const values = sums.map((sum, index) => (counts[index] ? sum / counts[index] : NaN));
      return [id, { at, place, count, values }];
    }),
  );
}
