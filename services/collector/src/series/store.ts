import type { RedisLink } from '@proxbalance/service-kit';
import { joinSameBucket, keepFullest } from './aggregate.ts';
import { decodeField, decodeRaw, decodeSummaries, encodeRaw, encodeSummary, type Wanted } from './codec.ts';
import { fieldsOf, type RawSample, type SeriesKind, type Statistic, type Summary } from './fields.ts';
import { chunkOf, rawTier, type Tier } from './tiers.ts';

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
  ): Promise<Map<string, { at: number; statistic: Statistic | null }[]>>;
};

/** New records by series. */
type Records<T> = ReadonlyMap<string, T | readonly T[]>;

/** What one series has in one key. */
type Piece = { name: string; bytes: Buffer };

const batchSize = 250;

export function openSeriesStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): SeriesStore {
  const key = (kind: SeriesKind, tier: Tier, id: string, chunk: number) =>
    `${keyPrefix}:series:${kind}:${tier.name}:${id}:${chunk}`;

  async function append<T extends { at: number }>(
    kind: SeriesKind,
    tier: Tier,
    records: Records<T>,
    encode: (record: T) => Buffer,
  ) {
    for (const batch of batches([...records])) {
      const pipeline = client.pipeline();
      for (const [id, added] of batch) {
        for (const { name, bytes } of pieces(id, Array.isArray(added) ? added : [added]))
          pipeline.append(name, bytes).expire(name, tier.keepSeconds + tier.chunkSeconds);
      }
      const answers = await pipeline.exec();
      const problem = answers?.find(([error]) => error)?.[0];
      if (problem) throw problem;
    }

    function pieces(id: string, added: readonly T[]): Piece[] {
      const chunks = Map.groupBy(added, (record) => chunkOf(tier, record.at));
      return [...chunks].map(([chunk, own]) => ({
        name: key(kind, tier, id, chunk),
        bytes: Buffer.concat(own.map(encode)),
      }));
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
    for (const batch of batches([...ids])) {
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
    appendSummaries: (kind, tier, summaries) => append(kind, tier, summaries, encodeSummary),
    async readRaw(kind, ids, from, to) {
      const wanted = { from, to };
      const found = await read(kind, rawTier(kind), ids, wanted, (bytes, fields) => decodeRaw(bytes, fields, wanted));
      return new Map([...found].map(([id, samples]) => [id, joinSameBucket(samples)]));
    },
    async readSummaries(kind, tier, ids, from, to) {
      const wanted = { from, to };
      const found = await read(kind, tier, ids, wanted, (bytes, fields) => decodeSummaries(bytes, fields, wanted));
      return new Map([...found].map(([id, summaries]) => [id, keepFullest(summaries)]));
    },
    readField: (kind, tier, field, ids, wanted) =>
      read(kind, tier, ids, wanted, (bytes, fields) => decodeField(bytes, fields, field, wanted)),
  };
}

function* batches<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += batchSize) yield all.slice(at, at + batchSize);
}
