import type { ClusterSnapshot } from '@proxbalance/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { deriveSnapshot } from '../src/derive/snapshot.ts';
import { rollUpDue } from '../src/jobs/roll-up.ts';
import { readGuestHistory, readGuestTrend } from '../src/requests/history.ts';
import { openRecorder } from '../src/series/recorder.ts';
import { bucketOf, hourTier, quarterDayTier } from '../src/series/tiers.ts';
import { guestRow, nodeRow } from '../src/testing/rows.ts';
import { sampleOf } from '../src/testing/sample.ts';
import { cluster } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { openSeries } from './support/series.ts';

const hour = 3600;
const now = Math.floor(Date.now() / 1000);
/** Begin of an hour that is over, and of a quarter of a day. */
const begin = bucketOf(quarterDayTier, now) - 6 * hour;
const log = { warn: vi.fn() } as never;

/** What is seen at a time: guest 100 with this load on this node. */
const snapshotAt = (at: number, cpu: number, node = 'pve1'): ClusterSnapshot => ({
  ...deriveSnapshot(
    sampleOf({
      nodes: [nodeRow(), nodeRow({ name: 'pve2' })],
      guests: [guestRow({ node, cpuRatio: cpu / 100 })],
    }),
    { id: 's1', firstCollectedAt: '2026-01-01T00:00:00.000Z', requests: 0, seconds: 0 },
  ),
  collected_at: new Date(at * 1000).toISOString(),
});

describe('what is recorded', () => {
  let lab: Lab;
  let series: ReturnType<typeof openSeries>;
  const open = () => openRecorder({ ...series, log, now: () => new Date((begin + 1200) * 1000) });
  const samples = async () => (await series.store.readRaw('guest', ['100'], begin - hour, now)).get('100') ?? [];
  const record = async (recorder: ReturnType<typeof open>, looks: [at: number, cpu: number, node?: string][]) => {
    for (const [at, cpu, node] of looks) {
      recorder.record(snapshotAt(begin + at, cpu, node), new Map(), []);
      await recorder.settled();
    }
  };
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster([]), collectors: 0 });
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  afterEach(() => void vi.useRealTimers());

  test('by two replicas that take turns is one sample of each bucket, weighted', async () => {
    series = openSeries(lab.kit);
    const [one, two] = [open(), open()];
    await record(one, [
      [0, 10],
      [30, 10],
      [60, 10],
    ]);
    await record(two, [[15, 50]]);
    await Promise.all([one.close(), two.close()]);
    expect(await samples()).toMatchObject([{ at: begin, count: 4, values: [20, 25, NaN, NaN, NaN, NaN] }]);
  });

  test('is written when its time is over, by a replica that takes no more ticks, too', async () => {
    series = openSeries(lab.kit);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const recorder = open();
    await record(recorder, [[0, 10]]);
    expect(await samples()).toEqual([]);
    vi.advanceTimersByTime(20_000);
    await recorder.settled();
    expect(await samples()).toMatchObject([{ at: begin, count: 1 }]);
    await recorder.close();
    expect(await samples()).toHaveLength(1);
  });

  test('while the clock is set back is joined with what there was, twice seen or not', async () => {
    series = openSeries(lab.kit);
    const recorder = open();
    await record(recorder, [
      [290, 10],
      [310, 40],
      [295, 20],
      [295, 30],
      [320, 60],
    ]);
    await recorder.close();
    const found = await samples();
    expect(found.map(({ at, count }) => [at - begin, count])).toEqual([
      [0, 3],
      [300, 2],
    ]);
    expect(found.map(({ values }) => values[0])).toEqual([20, 50]);
  });

  test('of a guest that moved says where it was, and when it moved', async () => {
    series = openSeries(lab.kit);
    const recorder = open();
    await record(recorder, [
      [0, 10],
      [300, 10],
      [600, 10, 'pve2'],
      [900, 10, 'pve2'],
    ]);
    await recorder.close();
    const deps = { series, timeZone: () => 'UTC', now: () => new Date((begin + 1200) * 1000) };
    const { points } = await readGuestHistory(deps)({ vmid: 100, hours: 1 });
    expect(points.map(({ node }) => node)).toEqual(['pve1', 'pve1', 'pve2', 'pve2']);
    const { migration_history } = await readGuestTrend(deps)({ vmid: 100, lookback_days: 1 });
    expect(migration_history).toMatchObject([{ source_node: 'pve1', target_node: 'pve2' }]);
  });

  test('goes on in a Redis that lost everything, and each node keeps its name', async () => {
    series = openSeries(lab.kit);
    const recorder = open();
    await series.catalogue.numbersOf(['pve9']);
    await record(recorder, [
      [0, 10],
      [300, 20, 'pve2'],
    ]);
    await series.lose();
    await record(recorder, [
      [330, 40, 'pve2'],
      [600, 10, 'pve2'],
    ]);
    await recorder.close();
    const names = await series.catalogue.nodeNames();
    const found = await samples();
    expect(found.map(({ at, values, place }) => [at - begin, values[0], names.get(place)])).toEqual([
      [300, 30, 'pve2'],
      [600, 10, 'pve2'],
    ]);
    expect(await series.catalogue.numbersOf(['pve3'])).toEqual(new Map([['pve3', 3]]));
  });

  test('before an outage of hours is rolled up after it; the outage is missing, not 0', async () => {
    series = openSeries(lab.kit);
    const recorder = openRecorder({ ...series, log, now: () => new Date(now * 1000) });
    await series.catalogue.markRolledUp('guest', hourTier, begin - hour);
    await series.catalogue.markRolledUp('guest', quarterDayTier, begin - 6 * hour);
    await record(recorder, [
      [0, 10],
      [300, 30],
      [5 * hour, 80],
    ]);
    await recorder.close();
    expect(await rollUpDue(series, begin + 6 * hour + 600)).toBeGreaterThan(0);
    const hours = (await series.store.readSummaries('guest', hourTier, ['100'], begin, begin + 6 * hour)).get('100');
    expect(hours?.map(({ at, statistics }) => [at - begin, statistics[0]?.avg, statistics[0]?.count])).toEqual([
      [0, 20, 2],
      [5 * hour, 80, 1],
    ]);
    const quarters = await series.store.readSummaries('guest', quarterDayTier, ['100'], begin, now);
    expect(quarters.get('100')?.map(({ at, statistics }) => [at, statistics[0]])).toMatchObject([
      [begin, { count: 3, avg: 40, min: 10, max: 80 }],
    ]);
  });
});
