import type { RedisLink } from '@proxbalance/service-kit';
import { joinSameBucket } from './aggregate.ts';
import { decodeRaw, decodeSummaries, encodeRaw, encodeSummary } from './codec.ts';
import { fieldsOf, type RawSample, type SeriesKind, type Summary } from './fields.ts';
import { chunkOf, rawTier, type Tier } from './tiers.ts';

/** Series in Redis: one string of records for each series, tier and stretch of time; old stretches expire by themselves. */
export type SeriesStore = {
  appendRaw(kind: SeriesKind, samples: ReadonlyMap<string, RawSample>): Promise<void>;
  appendSummaries(kind: SeriesKind, tier: Tier, summaries: ReadonlyMap<string, Summary>): Promise<void>;
  /** Samples of `from ≤ at < to`, oldest first, for each series. */
  readRaw(kind: SeriesKind, ids: readonly string[], from: number, to: number): Promise<Map<string, RawSample[]>>;
  readSummaries(
    kind: SeriesKind,
    tier: Tier,
    ids: readonly string[],
    from: number,
    to: number,
  ): Promise<Map<string, Summary[]>>;
};

const batchSize = 500;

export function openSeriesStore({ client }: RedisLink, keyPrefix: string): SeriesStore {
  const key = (kind: SeriesKind, tier: Tier, id: string, chunk: number) =>
    `${keyPrefix}:series:${kind}:${tier.name}:${id}:${chunk}`;

  async function append<T extends { at: number }>(
    kind: SeriesKind,
    tier: Tier,
    records: ReadonlyMap<string, T>,
    encode: (record: T) => Buffer,
  ) {
    for (const batch of batches([...records])) {
      const pipeline = client.pipeline();
      for (const [id, record] of batch) {
        const name = key(kind, tier, id, chunkOf(tier, record.at));
        pipeline.append(name, encode(record)).expire(name, tier.keepSeconds + tier.chunkSeconds);
      }
      const answers = await pipeline.exec();
      const problem = answers?.find(([error]) => error)?.[0];
      if (problem) throw problem;
    }
  }

  async function read<T extends { at: number }>(
    kind: SeriesKind,
    tier: Tier,
    ids: readonly string[],
    range: { from: number; to: number },
    decode: (bytes: Buffer, fields: number) => T[],
  ): Promise<Map<string, T[]>> {
    const fields = fieldsOf(kind).length;
    const chunks: number[] = [];
    for (let chunk = chunkOf(tier, range.from); chunk < range.to; chunk += tier.chunkSeconds) chunks.push(chunk);
    const found = new Map<string, T[]>();
    for (const batch of batches([...ids])) {
      if (chunks.length === 0) break;
      const bytes = await client.mgetBuffer(batch.flatMap((id) => chunks.map((chunk) => key(kind, tier, id, chunk))));
      batch.forEach((id, index) => {
        const parts = bytes.slice(index * chunks.length, (index + 1) * chunks.length);
        const records = parts.flatMap((part) => (part ? decode(part, fields) : []));
        found.set(
          id,
          records.filter(({ at }) => at >= range.from && at < range.to).sort((a, b) => a.at - b.at),
        );
      });
    }
    return found;
  }

  return {
    appendRaw: (kind, samples) => append(kind, rawTier(kind), samples, encodeRaw),
    appendSummaries: (kind, tier, summaries) => append(kind, tier, summaries, encodeSummary),
    async readRaw(kind, ids, from, to) {
      const found = await read(kind, rawTier(kind), ids, { from, to }, decodeRaw);
      return new Map([...found].map(([id, samples]) => [id, joinSameBucket(samples)]));
    },
    readSummaries: (kind, tier, ids, from, to) => read(kind, tier, ids, { from, to }, decodeSummaries),
  };
}

function* batches<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += batchSize) yield all.slice(at, at + batchSize);
}
