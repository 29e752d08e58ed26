import {
  ReadGuestHistory,
  ReadGuestMoves,
  ReadGuestProfiles,
  ReadGuestTrend,
  ReadNodeTrends,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { rollUpDue } from '../src/jobs/roll-up.ts';
import type { RawSample } from '../src/series/fields.ts';
import type { Series } from '../src/series/reader.ts';
import { bucketOf, hourTier } from '../src/series/tiers.ts';
import { cluster, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { collectorPrefix, openSeries } from './support/series.ts';

const hour = 3600;
const thresholds = { cpu_threshold: 60, mem_threshold: 70 };

describe('series', () => {
  let lab: Lab;
  let series: Series;
  const now = Math.floor(Date.now() / 1000);
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster([vm(100, { load: { cpu: 0.3 } })]), collectors: 0 });
    series = openSeries(lab.kit, collectorPrefix(lab.kit));
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test('what a collector saw is there after it stopped, and the nodes’ past from Proxmox', async () => {
    const collector = await lab.openCollector();
    await lab.sees(() => undefined);
    await eventually(async () => expect(await series.catalogue.ids('node', now - hour)).toHaveLength(3));
    await collector[Symbol.asyncDispose]();
    const [rows, names] = await Promise.all([
      series.reader.rows('guest', ['100'], now - 600, now + 600),
      series.catalogue.nodeNames(),
    ]);
    const last = rows.get('100')?.at(-1);
    expect(names.get(last?.place ?? 0)).toBe('pve1');
    expect(last?.means[0]).toBeGreaterThan(0);
    const past = await series.store.readSummaries('node', hourTier, ['pve1'], now - 30 * hour, now);
    expect(past.get('pve1')?.length).toBeGreaterThan(5);
  });

  test('roll-ups done twice add nothing', async () => {
    const at = bucketOf(hourTier, now) - 2 * hour;
    const samples = Array.from({ length: 24 }, (_, index): RawSample => {
      const values = [10 + index, 50, 1, 2, NaN, 4];
      return { at: at + index * 300, place: 1, count: 30, values };
    });
    await series.store.appendRaw('guest', new Map([['500', samples]]));
    await series.catalogue.touch('guest', ['500'], now);
    const later = bucketOf(hourTier, now) + 300;
    expect(await rollUpDue(series, later)).toBeGreaterThan(0);
    expect(await rollUpDue(series, later)).toBe(0);
    const hours = await series.store.readSummaries('guest', hourTier, ['500'], at, at + 2 * hour);
    expect(hours.get('500')?.map(({ statistics }) => statistics[0]?.max)).toEqual([21, 33]);
  });

  test('questions are answered from them', async () => {
    await lab.openCollector();
    const ask = lab.kit.bus.ask;
    const history = await eventually(async () => {
      const outcome = await ask(ReadGuestHistory, { vmid: 500, hours: 6 });
      if (!outcome.ok) throw new Error(outcome.error.message);
      return outcome.value;
    });
    expect(history).toMatchObject({ vmid: 500, hours: 6, resolution_seconds: 300 });
    expect(history.points.length).toBeGreaterThan(20);
    expect(history.points.length).toBeLessThanOrEqual(80);
    expect(history.points.find(({ cpu }) => cpu === 20)).toMatchObject({ disk_read_bps: 2 ** 20, net_in_bps: null });

    const trends = await ask(ReadNodeTrends, { lookback_days: 7, ...thresholds });
    expect(trends.ok && Object.keys(trends.value.nodes)).toEqual(['pve1', 'pve2', 'pve3']);
    expect(trends.ok && trends.value.nodes.pve1?.cpu.data_points).toBeGreaterThan(10);

    const trend = await ask(ReadGuestTrend, { vmid: 500, lookback_days: 7 });
    expect(trend).toMatchObject({ ok: true, value: { vmid: 500, cpu: { data_points: expect.any(Number) } } });

    const at = now - 3 * hour;
    await series.catalogue.addMoves([{ at, vmid: 500, from: 'pve2', to: 'pve1' }]);
    const move = { at: new Date(at * 1000).toISOString(), vmid: 500, source_node: 'pve2', target_node: 'pve1' };
    expect(await ask(ReadGuestMoves, { hours: 4 })).toEqual({ ok: true, value: { moves: [move] } });
    expect(await ask(ReadGuestMoves, { hours: 2 })).toEqual({ ok: true, value: { moves: [] } });

    const profiles = await ask(ReadGuestProfiles, {});
    expect(profiles).toMatchObject({ ok: true, value: { profiles: { 500: { behavior: 'unknown', data_points: 2 } } } });
  });

  test('a guest nobody knows has no history, which is no failure', async () => {
    expect(await lab.kit.bus.ask(ReadGuestHistory, { vmid: 999, hours: 24 })).toMatchObject({
      ok: true,
      value: { points: [] },
    });
    expect(await lab.kit.bus.ask(ReadGuestTrend, { vmid: 999, lookback_days: 7 })).toMatchObject({
      ok: true,
      value: { behavior: 'unknown', data_quality: { total_samples: 0 } },
    });
  });
});
