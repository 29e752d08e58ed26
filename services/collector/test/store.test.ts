import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fieldsOf, type RawSample, type Summary } from '../src/series/fields.ts';
import { bucketOf, bytesFull, chunkOf, hourTier, quarterDayTier, rawTier, type Tier } from '../src/series/tiers.ts';
import { cluster } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { openSeries } from './support/series.ts';

const now = Math.floor(Date.now() / 1000);
const fields = fieldsOf('guest');
const sample = (at: number): RawSample => ({ at, place: 1, count: 20, values: fields.map((_, index) => index) });
const statistic = { count: 240, avg: 1, min: 1, max: 1, p95: 1 };
const summary = (at: number): Summary => ({ at, place: 1, statistics: fields.map(() => statistic) });

describe('series in Redis', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster([]), collectors: 0 });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  /** Each record by itself, as they come in use: how a string grew decides how much room it takes. */
  async function fillOneByOne(series: ReturnType<typeof openSeries>, tier: Tier) {
    for (let at = chunkOf(tier, now - tier.keepSeconds); at <= bucketOf(tier, now); at += tier.bucketSeconds) {
      if (tier.name === 'raw') await series.store.appendRaw('guest', [['100', sample(at)]]);
      else await series.store.appendSummaries('guest', tier, [['100', summary(at)]]);
    }
  }

  test('a guest with all tiers full takes no more than a quarter above its samples, keys and all', async () => {
    const series = openSeries(lab.kit);
    for (const tier of [rawTier('guest'), hourTier, quarterDayTier]) await fillOneByOne(series, tier);
    const sizes = await Promise.all((await series.keys()).map((key) => lab.kit.redis.client.memory('USAGE', key)));
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    expect(bytes).toBeLessThan(80_000);
    expect(bytes / bytesFull('guest')).toBeLessThan(1.25);
  });

  test('every key goes by itself, when its last record is too old, however long nobody writes', async () => {
    const series = openSeries(lab.kit);
    for (const tier of [rawTier('guest'), hourTier, quarterDayTier]) await fillOneByOne(series, tier);
    for (const key of await series.keys()) {
      const [, kind, name, , chunk] = /series:(\w+):([\w-]+):(\d+):(\d+)$/.exec(key) ?? [];
      expect(kind).toBe('guest');
      const tier = [rawTier('guest'), hourTier, quarterDayTier].find((one) => one.name === name) as Tier;
      const lives = await lab.kit.redis.client.ttl(key);
      const lastRecord = Number(chunk) + tier.chunkSeconds - tier.bucketSeconds;
      expect(now + lives).toBeGreaterThanOrEqual(lastRecord + tier.keepSeconds);
      expect(now + lives).toBeLessThanOrEqual(Number(chunk) + tier.chunkSeconds + tier.keepSeconds + 3660);
    }
  });

  test('what is read is what was written, whatever the number of series and of records', async () => {
    const series = openSeries(lab.kit);
    const ids = Array.from({ length: 600 }, (_, index) => String(index));
    const at = bucketOf(rawTier('guest'), now) - 24 * 3600;
    const ats = Array.from({ length: 100 }, (_, index) => at + 300 * index);
    await series.store.appendRaw(
      'guest',
      ids.map((id) => [id, ats.map(sample)]),
    );
    const found = await series.store.readRaw('guest', ids, at + 300, at + 300 * 99);
    expect([...found.keys()]).toEqual(ids);
    for (const own of found.values()) expect(own.map((one) => one.at)).toEqual(ats.slice(1, 99));
  });
});
