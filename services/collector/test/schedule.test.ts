import type { ClusterSnapshot } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { cluster, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const knowsAll = (snapshot: ClusterSnapshot | undefined) => expect(snapshot?.summary.unknown_guests).toBe(0);

/** Waits for so many snapshots from now on, as the clock brings them. */
async function ticks(lab: Lab, count: number): Promise<ClusterSnapshot[]> {
  const before = lab.snapshots.length;
  await eventually(() => expect(lab.snapshots.length).toBeGreaterThanOrEqual(before + count), { withinMs: 50_000 });
  return lab.snapshots.slice(before);
}

/** The past of nodes and guests is filled in behind the first snapshots. */
const pastIsRead = (lab: Lab) =>
  eventually(async () => {
    const { by } = await lab.requests();
    const pasts = by.filter(({ path }) => path.endsWith('/rrddata')).map(({ count }) => count);
    // A day and a week of three nodes, for their history and for the series; a week of two guests.
    expect(pasts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2 * (3 + 3) + 2);
  });

describe.concurrent('by the clock', () => {
  test('a steady tick asks Proxmox three times, however many guests there are', async () => {
    await using lab = await openLab({ cluster: 'generated:8x200', speed: 1 });
    await eventually(() => knowsAll(lab.snapshots.at(-1)), { withinMs: 40_000 });
    // The cold start goes on behind the first ones, and once a minute a tick reads more: the others are what is steady.
    await eventually(
      async () => {
        await lab.simulator.control('DELETE', '/requests');
        const [seen] = await ticks(lab, 1);
        expect(seen?.performance.requests).toBeLessThanOrEqual(3);
        expect((await lab.requests()).total).toBeLessThanOrEqual(3);
      },
      { withinMs: 90_000 },
    );
  });

  test('two replicas take one snapshot a tick, share what they know, and tell each change once', async () => {
    const guests = [vm(100, { load: { cpu: 0.2, disk_write_bps: 2e6 } }), vm(101), vm(102)];
    await using lab = await openLab({ cluster: cluster(guests), collectors: 2 });
    await lab.sees(knowsAll);
    await lab.simulator.control('DELETE', '/requests');
    const startedAt = Date.now();
    const taken = await ticks(lab, 2);
    expect(taken.length).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - startedAt) / 10_000));
    for (const snapshot of taken) knowsAll(snapshot);
    expect(taken.at(-1)?.guests['100']?.disk_write_bps).toBeCloseTo(2e6, -5);
    const { by } = await lab.requests();
    expect(by.filter((one) => one.path.endsWith('/config'))).toEqual([]);
    await lab.simulator.control('POST', '/guests/101', { node: 'pve2' });
    for (let round = 0; round < 6; round++) await lab.sees(({ guests }) => expect(guests['101']?.node).toBe('pve2'));
    await eventually(() => expect(lab.told('guest.moved')).toHaveLength(1));
    await lab.simulator.fault({ kind: 'api-error', path: '/cluster/resources', message: 'no luck' });
    for (let round = 0; round < 6; round++) await lab.refresh();
    await ticks(lab, 0);
    await eventually(() => expect(lab.told('cluster.collection-failed')).toHaveLength(1));
  });

  test('what one replica knew, the next one need not read again', async () => {
    const guests = [vm(100, { load: { cpu: 0.2, disk_write_bps: 2e6 } }), vm(101)];
    await using lab = await openLab({ cluster: cluster(guests), collectors: 0 });
    const first = await lab.openCollector();
    await lab.sees(({ guests }) => expect(guests['100']?.disk_write_bps).toBeCloseTo(2e6, -5));
    await pastIsRead(lab);
    await first[Symbol.asyncDispose]();
    await lab.simulator.control('DELETE', '/requests');
    const before = lab.snapshots.length;
    await lab.openCollector();
    await eventually(() => expect(lab.snapshots.length).toBeGreaterThan(before));
    const next = lab.snapshots[before];
    knowsAll(next);
    expect(next?.guests['100']?.disk_write_bps).toBeCloseTo(2e6, -5);
    expect(next?.first_collected_at).toBe(lab.snapshots[0]?.first_collected_at);
    const { by } = await lab.requests();
    expect(by.filter((one) => one.path.endsWith('/config') || one.path.endsWith('/rrddata'))).toEqual([]);
  });

  test('another interval holds at once, and a schedule that was lost comes back', async () => {
    await using lab = await openLab({ cluster: cluster([vm(100)]) });
    const scheduled = async () => {
      const keys = await lab.kit.redis.client.keys(`${lab.env.PROXBALANCE_NAMESPACE}:collector:collection:repeat:live`);
      return keys[0] ? lab.kit.redis.client.hget(keys[0], 'every') : null;
    };
    await eventually(async () => expect(await scheduled()).toBe('10000'));
    await lab.setSettings({ live_interval_seconds: 60 });
    await eventually(async () => expect(await scheduled()).toBe('60000'));
    const keys = await lab.kit.redis.client.keys(`${lab.env.PROXBALANCE_NAMESPACE}:collector:*`);
    await lab.kit.redis.client.del(...keys);
    await eventually(async () => expect(await scheduled()).toBe('60000'), { withinMs: 15_000 });
    await lab.sees(knowsAll);
  });
});
