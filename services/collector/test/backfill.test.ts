import type { ClusterSnapshot } from '@proxbalance/contracts';
import { type Proxmox, ProxmoxError } from '@proxbalance/proxmox';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { openBackfiller } from '../src/jobs/backfill.ts';
import { bucketOf, hourTier, quarterDayTier, rawTier } from '../src/series/tiers.ts';
import { nodeSample } from '../src/testing/rows.ts';
import { cluster, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { collectorPrefix, openSeries } from './support/series.ts';

const hour = 3600;
const now = Math.floor(Date.now() / 1000);
const nowMs = () => new Date(now * 1000);

describe.each([
  // Its week is in half hours.
  ['9.2', 1],
  ['8.4', 2],
])('a cluster of Proxmox VE %s', (pve, requestsEach) => {
  let lab: Lab;
  const guests = [
    vm(100, { load: { cpu: 0.3 } }),
    vm(101, { status: 'stopped' }),
    vm(102, { type: 'lxc', node: 'pve2', disks: [{ key: 'rootfs', storage: 'ceph1', size_bytes: 2 ** 30 }] }),
  ];
  beforeAll(async () => {
    lab = await openLab({ cluster: { ...cluster(guests), pve }, speed: 1, collectors: 0 });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const requestsFor = async (path: RegExp) => {
    const { by } = await lab.requests();
    return by.filter((one) => path.test(one.path)).reduce((sum, { count }) => sum + count, 0);
  };

  test('what Proxmox kept of its nodes and busiest guests is there soon, once', async () => {
    const series = openSeries(lab.kit, collectorPrefix(lab.kit));
    const first = await lab.openCollector();
    await eventually(async () =>
      expect(await series.catalogue.unfilled('guest', ['100', '101', '102'])).toEqual(['101']),
    );
    expect(await series.catalogue.unfilled('node', ['pve1', 'pve2', 'pve3'])).toEqual([]);
    const asked = await requestsFor(/(qemu|lxc).*rrddata$/);
    expect(asked).toBe(2 * requestsEach);

    const rows = (await series.reader.rows('guest', ['100', '102'], now - 7 * 24 * hour, now)).get('100') ?? [];
    const covered = rows.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(covered).toBeGreaterThan(0.98 * 7 * 24 * hour);
    expect(rows.every(({ means }) => (means[0] ?? NaN) > 0 && (means[1] ?? NaN) > 0)).toBe(true);

    await first[Symbol.asyncDispose]();
    await lab.openCollector();
    await lab.sees(() => undefined);
    expect(await requestsFor(/(qemu|lxc).*rrddata$/)).toBe(asked);
    expect(Math.max(...Object.values((await lab.requests()).max_concurrent_per_host))).toBeLessThanOrEqual(4);
  });
});

describe('filling in', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster([]), collectors: 0 });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const never = new AbortController().signal;
  const log = () => ({ warn: vi.fn(), debug: vi.fn() }) as never;
  const snapshot = (names: string[]): ClusterSnapshot =>
    ({ nodes: Object.fromEntries(names.map((name) => [name, { name, status: 'online' }])), guests: {} }) as never;
  const minutes = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      nodeSample(bucketOf({ bucketSeconds: 60 }, now) - 60 * (count - 1 - index)),
    );
  const source = (nodeRrd: Proxmox['nodeRrd']) => ({ nodeRrd, guestRrd: async () => [] });

  test('what was measured here stands, in every tier, and done again adds nothing', async () => {
    const series = openSeries(lab.kit);
    const at = bucketOf(hourTier, now) - 2 * hour;
    const quarter = bucketOf(quarterDayTier, now) - 6 * hour;
    const statistics = [{ count: 1, avg: 99, min: 99, max: 99, p95: 99 }, ...Array.from({ length: 8 }, () => null)];
    await series.store.appendRaw('node', [['pve1', { at, place: 1, count: 1, values: [99, ...Array(8).fill(NaN)] }]]);
    await series.store.appendSummaries('node', hourTier, [['pve1', { at, place: 1, statistics }]]);
    await series.store.appendSummaries('node', quarterDayTier, [['pve1', { at: quarter, place: 1, statistics }]]);
    const fillIn = async () => {
      const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: never });
      backfiller.see(
        source(async () => minutes(1440)),
        snapshot(['pve1']),
      );
      await backfiller.settled();
    };
    await fillIn();
    const cpuAt = async () => {
      const raw = await series.store.readRaw('node', ['pve1'], at, at + 120);
      const hours = await series.store.readSummaries('node', hourTier, ['pve1'], at - hour, at + hour);
      const quarters = await series.store.readSummaries('node', quarterDayTier, ['pve1'], quarter, now);
      return [
        raw.get('pve1')?.map(({ values }) => values[0]),
        [...(hours.get('pve1') ?? []), ...(quarters.get('pve1') ?? [])].map((one) => one.statistics[0]?.avg),
      ];
    };
    expect(await cpuAt()).toEqual([
      [99, 50],
      [50, 99, 99],
    ]);
    const bytes = async () =>
      (await Promise.all((await series.keys()).map(async (key) => [key, await lab.kit.redis.client.dump(key)]))).sort();
    const before = (await bytes()).filter(([key]) => !key?.includes('filling'));
    await lab.kit.redis.client.del((await series.keys()).find((key) => key.endsWith('nodes-filled')) ?? '');
    await lab.kit.redis.client.del((await series.keys()).find((key) => key.includes('filling')) ?? '');
    await fillIn();
    expect((await bytes()).filter(([key]) => !key?.includes('filling'))).toEqual(before);
  });

  test('what was measured here for a week already is not asked for', async () => {
    const series = openSeries(lab.kit);
    const statistics = Array.from({ length: 9 }, () => null);
    const at = bucketOf(hourTier, now) - 7 * 24 * hour;
    await series.store.appendSummaries('node', hourTier, [['pve1', { at, place: 1, statistics }]]);
    const nodeRrd = vi.fn(async () => minutes(60));
    const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: never });
    backfiller.see(source(nodeRrd), snapshot(['pve1', 'pve2']));
    await backfiller.settled();
    expect(nodeRrd.mock.calls).toEqual([
      ['pve2', 'day'],
      ['pve2', 'week'],
    ]);
    expect(await series.catalogue.unfilled('node', ['pve1', 'pve2'])).toEqual([]);
  });

  test('what can not be read is left alone for a while, and the others are filled in', async () => {
    const series = openSeries(lab.kit);
    const asked: string[] = [];
    const nodeRrd: Proxmox['nodeRrd'] = async (node) => {
      asked.push(node);
      if (node === 'pve1') throw new Error('away');
      return minutes(60);
    };
    const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: never });
    for (let tick = 0; tick < 3; tick++) {
      backfiller.see(source(nodeRrd), snapshot(['pve1', 'pve2']));
      await backfiller.settled();
    }
    expect(asked).toEqual(['pve1', 'pve2', 'pve2']);
    expect(await series.catalogue.unfilled('node', ['pve1', 'pve2'])).toEqual(['pve1']);
  });

  test('a Proxmox that does not answer is asked once, not for everything', async () => {
    const series = openSeries(lab.kit);
    const nodeRrd = vi.fn<Proxmox['nodeRrd']>(() => {
      throw new ProxmoxError({ kind: 'unreachable', reason: 'away', host: '', method: 'GET', path: '' });
    });
    const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: never });
    backfiller.see(source(nodeRrd), snapshot(['pve1', 'pve2', 'pve3']));
    await backfiller.settled();
    expect(nodeRrd).toHaveBeenCalledTimes(1);
  });

  test('two collectors do not ask for the same', async () => {
    const series = openSeries(lab.kit);
    const nodeRrd = vi.fn(async () => minutes(60));
    const both = [0, 1].map(() => openBackfiller({ series, log: log(), now: nowMs, signal: never }));
    for (const one of both) one.see(source(nodeRrd), snapshot(['pve1', 'pve2', 'pve3']));
    await Promise.all(both.map((one) => one.settled()));
    expect(nodeRrd).toHaveBeenCalledTimes(6);
  });

  test('a Redis that lost everything is filled in again, without a restart, guests and all', async () => {
    const series = openSeries(lab.kit);
    const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: never });
    const guest = { vmid: 100, type: 'VM', node: 'pve1', status: 'running', unknown: [], cpu_current: 1, cpu_cores: 1 };
    const seen = { ...snapshot(['pve1']), guests: { 100: { ...guest, mem_used_gb: 1 } } } as never;
    const samples = async () => {
      for (let tick = 0; tick < 2; tick++) {
        backfiller.see(
          source(async () => minutes(60)),
          seen,
        );
        await backfiller.settled();
      }
      expect(await series.catalogue.unfilled('guest', ['100'])).toEqual([]);
      return (await series.store.readRaw('node', ['pve1'], now - hour, now)).get('pve1')?.length;
    };
    const first = await samples();
    expect(first).toBeGreaterThan(50);
    await series.lose();
    expect(await samples()).toBe(first);
  });

  test('who is stopped begins nothing new', async () => {
    const series = openSeries(lab.kit);
    const stopping = new AbortController();
    const nodeRrd = vi.fn(async () => {
      stopping.abort();
      return minutes(60);
    });
    const backfiller = openBackfiller({ series, log: log(), now: nowMs, signal: stopping.signal });
    backfiller.see(source(nodeRrd), snapshot(['pve1', 'pve2']));
    await backfiller.settled();
    expect(nodeRrd).toHaveBeenCalledTimes(2);
    expect(await series.catalogue.unfilled('node', ['pve1', 'pve2'])).toEqual(['pve2']);
  });

  test('what is too old to be kept is gone at once, with its key', async () => {
    const series = openSeries(lab.kit);
    const old = bucketOf(rawTier('guest'), now - 3 * 24 * hour);
    await series.store.appendRaw('guest', [['100', { at: old, place: 1, count: 1, values: Array(6).fill(1) }]]);
    expect(await series.keys()).toEqual([]);
  });
});
