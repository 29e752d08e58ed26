import { fieldsOf, type RawSample, type SeriesKind, type Values } from './fields.ts';
import { bucketOf, rawTier } from './tiers.ts';

/** Gathers what is seen within a bucket of time, and hands out its means when the bucket is over. */
export type Sampler = {
  /** Begins a look at this time. Gives the bucket that ended before it; an empty one most of the time. */
  turnTo(atSeconds: number): Ended;
  /** What is seen of one series, at the time turned to. */
  add(id: string, look: Look): void;
  /** Gives the bucket when it was over by then, whether or not anybody looks again. */
  endBefore(atSeconds: number): Ended;
  /** Gives what was gathered in the bucket that is not over yet; what is seen later in it makes a second record of it. */
  end(): Ended;
};

/** What was seen of one series, and where. */
export type Look = { place: number; values: Values };

/** A bucket that is over. Its samples are made as they are asked for, so that ten thousand never lie there at once. */
export type Ended = Iterable<readonly [id: string, RawSample]> & { at: number; ids: readonly string[] };

export function openSampler(kind: SeriesKind): Sampler {
  const tier = rawTier(kind);
  const fields = fieldsOf(kind).length;
  let open = openBucket(0, fields, 16);
  const endInFavourOf = (next: number): Ended => {
    const ended = open;
    // As many as before are to be expected.
    open = openBucket(next, fields, ended.places.length);
    return asEnded(ended);
  };
  return {
    turnTo(atSeconds) {
      const next = bucketOf(tier, atSeconds);
      return next === open.at ? noneEnded : endInFavourOf(next);
    },
    add: (id, look) => take(open, id, look),
    endBefore: (atSeconds) =>
      open.slots.size > 0 && open.at + tier.bucketSeconds <= atSeconds ? endInFavourOf(open.at) : noneEnded,
    end: () => endInFavourOf(open.at),
  };
}

/** Sums by series and field, in columns: a tenth of what objects would take. */
type Bucket = {
  at: number;
  fields: number;
  slots: Map<string, number>;
  places: Uint16Array;
  looks: Uint16Array;
  sums: Float64Array;
  counts: Uint16Array;
};

const openBucket = (at: number, fields: number, size: number): Bucket => ({
  at,
  fields,
  slots: new Map(),
  places: new Uint16Array(size),
  looks: new Uint16Array(size),
  sums: new Float64Array(size * fields),
  counts: new Uint16Array(size * fields),
});

function take(bucket: Bucket, id: string, { place, values }: Look): void {
  const slot = bucket.slots.get(id) ?? newSlot(bucket, id);
  const { fields, places, looks, sums, counts } = bucket;
  places[slot] = place;
  looks[slot] = (looks[slot] ?? 0) + 1;
  for (let field = 0; field < fields; field++) {
    const value = values[field] ?? NaN;
    if (Number.isNaN(value)) continue;
    const index = slot * fields + field;
    sums[index] = (sums[index] ?? 0) + value;
    counts[index] = (counts[index] ?? 0) + 1;
  }
}

function newSlot(bucket: Bucket, id: string): number {
  const slot = bucket.slots.size;
  bucket.slots.set(id, slot);
  if (slot < bucket.places.length) return slot;
  const larger = openBucket(bucket.at, bucket.fields, 2 * slot);
  larger.places.set(bucket.places);
  larger.looks.set(bucket.looks);
  larger.sums.set(bucket.sums);
  larger.counts.set(bucket.counts);
  Object.assign(bucket, { ...larger, slots: bucket.slots });
  return slot;
}

function asEnded(bucket: Bucket): Ended {
  return {
    at: bucket.at,
    ids: [...bucket.slots.keys()],
    *[Symbol.iterator]() {
      for (const [id, slot] of bucket.slots) yield [id, sampleOf(bucket, slot)] as const;
    },
  };
}

function sampleOf({ at, fields, places, looks, sums, counts }: Bucket, slot: number): RawSample {
  const values = Array.from({ length: fields }, (_, field) => {
    const index = slot * fields + field;
    // Nothing divided by nothing is NaN: missing.
    return (sums[index] ?? 0) / (counts[index] ?? 0);
  });
  return { at, place: places[slot] ?? 0, count: looks[slot] ?? 0, values };
}

const noneEnded: Ended = { at: 0, ids: [], *[Symbol.iterator]() {} };
