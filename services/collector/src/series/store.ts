import type { RedisLink } from '@proxbalance/service-kit';
import { joinSameBucket, keepFullest, seenInAll } from './aggregate.ts';
import {
  decodeField,
  decodeRaw,
  decodeSummaries,
  encodeRaw,
  encodeSummaries,
  type FieldRow,
  type Wanted,
} from './codec.ts';
import { fieldsOf, type RawSample, type SeriesKind, type Summary } from './fields.ts';
import { chunkOf, expiryOf, rawTier, type Tier } from './tiers.ts';

/** Series in Redis: one string of records for each series, tier and stretch of time; old stretches expire by themselves. */
export type SeriesStore = {
  appendRaw(kind: SeriesKind, samples: Records<RawSample>): Promise<void>;
  appendSummaries(kind: SeriesKind, tier: Tier, summaries: Records<Summary>): Promise<void>;
  /** Samples of `from ≤ at < to`, oldest first, for each series. */
  readRaw(kind: SeriesKind, ids: readonly string[], from: number, to: number): Promise<Map<string, RawSample[]>>;
  readSummaries(
    kind: SeriesKind,
    tier: Tier,
    ids: readonly string[],
    from: number,
    to: number,
  ): Promise<Map<string, Summary[]>>;
  /** One field of summaries, by its index. */
  readField(
    kind: SeriesKind,
    tier: Tier,
    field: number,
    ids: readonly string[],
    wanted: Wanted,
  ): Promise<Map<string, FieldRow[]>>;
};

/** New records by series, taken one after another: a few hundred are there at a time, however many there are. */
export type Records<T> = Iterable<readonly [id: string, T | readonly T[]]>;

const batchSize = 250;

/** One command where two for each series would leave more rubbish behind than the samples weigh. A key expires once it is there. */
const appendScript = `
for i, key in ipairs(KEYS) do
  local added = ARGV[2 * i - 1]
  if redis.call('APPEND', key, added) == #added then redis.call('EXPIREAT', key, ARGV[2 * i]) end
end`;

export function openSeriesStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): SeriesStore {
  const key = (kind: SeriesKind, tier: Tier, id: string, chunk: number) =>
    `${keyPrefix}:series:${kind}:${tier.name}:${id}:${chunk}`;

  async function append<T extends { at: number }>(
    kind: SeriesKind,
    tier: Tier,
    records: Records<T>,
    encode: (records: readonly T[]) => Buffer,
  ) {
    for (const batch of batches(records)) {
      const keys: string[] = [];
      const values: (Buffer | number)[] = [];
      for (const [id, added] of batch) {
        for (const [chunk, own] of byChunk(tier, Array.isArray(added) ? added : [added])) {
          keys.push(key(kind, tier, id, chunk));
          values.push(encode(own), expiryOf(tier, chunk));
        }
      }
      await client.eval(appendScript, keys.length, ...keys, ...values);
    }
  }

  async function read<T extends { at: number }>(
    kind: SeriesKind,
    tier: Tier,
    ids: readonly string[],
    wanted: Wanted,
    decode: (bytes: Buffer, fields: number) => T[],
  ): Promise<Map<string, T[]>> {
    const fields = fieldsOf(kind).length;
    const chunks: number[] = [];
    for (let chunk = chunkOf(tier, wanted.from); chunk < wanted.to; chunk += tier.chunkSeconds) chunks.push(chunk);
    const found = new Map<string, T[]>();
    for (const batch of batches(ids)) {
      if (chunks.length === 0) break;
      const bytes = await client.mgetBuffer(batch.flatMap((id) => chunks.map((chunk) => key(kind, tier, id, chunk))));
      batch.forEach((id, index) => {
        const parts = bytes.slice(index * chunks.length, (index + 1) * chunks.length);
        const records = parts.flatMap((part) => (part ? decode(part, fields) : []));
        found.set(
          id,
          records.sort((a, b) => a.at - b.at),
        );
      });
    }
    return found;
  }

  return {
    appendRaw: (kind, samples) => append(kind, rawTier(kind), samples, encodeRaw),
    appendSummaries: (kind, tier, summaries) => append(kind, tier, summaries, encodeSummaries),
    async readRaw(kind, ids, from, to) {
      const wanted = { from, to };
      const found = await read(kind, rawTier(kind), ids, wanted, (bytes, fields) => decodeRaw(bytes, fields, wanted));
      return mapped(found, joinSameBucket);
    },
    async readSummaries(kind, tier, ids, from, to) {
      const wanted = { from, to };
      const found = await read(kind, tier, ids, wanted, (bytes, fields) => decodeSummaries(bytes, fields, wanted));
      return mapped(found, (summaries) => keepFullest(summaries, seenInAll));
    },
    async readField(kind, tier, field, ids, wanted) {
      const found = await read(kind, tier, ids, wanted, (bytes, fields) => decodeField(bytes, fields, field, wanted));
      return mapped(found, (rows) => keepFullest(rows, ({ count }) => count));
    },
  };
}

/** One record is the rule, and is of one chunk. */
function byChunk<T extends { at: number }>(tier: Tier, records: readonly T[]): Iterable<[number, readonly T[]]> {
  const [first] = records;
  if (!first) return [];
  return records.length === 1
    ? [[chunkOf(tier, first.at), records]]
    : Map.groupBy(records, ({ at }) => chunkOf(tier, at));
}

const mapped = <T>(found: Map<string, T[]>, change: (records: T[]) => T[]): Map<string, T[]> => {
  for (const [id, records] of found) found.set(id, change(records));
  return found;
};

function* batches<T>(all: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
