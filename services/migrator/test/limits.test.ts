import type { Migration } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const waits = async (lab: Lab, vmid: number, what: string) =>
  eventually(() => expect(lab.latest(vmid)).toMatchObject({ state: 'queued', waiting_for: what }));

const stall = (lab: Lab, vmids: number[]) =>
  Promise.all(vmids.map((vmid) => lab.simulator.fault({ kind: 'migration-stalls', vmid })));

const running = async (lab: Lab) => {
  const { tasks } = await lab.simulator.state();
  return tasks.filter((task) => task.status === 'running').map((task) => Number(task.id));
};

test('limits hold across two migrators, and who waits says for what', async () => {
  const guests = [100, 101, 102, 103, 104].map((vmid) => vm(vmid));
  await using lab = await openLab({ guests: [...guests, vm(200, { node: 'pve3' })], migrators: 2 });
  await lab.setSettings({ migration_limits: { cluster: 3, per_source: 2, per_target: 1 } });
  await stall(lab, [100, 101, 200]);
  const asked = await Promise.all([lab.ask(100), lab.ask(100)]);
  expect(asked.filter((one) => one.ok)).toHaveLength(1);
  expect(asked.find((one) => !one.ok)).toMatchObject({ error: { code: 'guest-already-migrating' } });

  void lab.ask(102);
  await waits(lab, 102, 'a free slot on target pve2');
  await lab.accepted(101, { target_node: 'pve3' });
  void lab.ask(103, { target_node: 'pve4' });
  await waits(lab, 103, 'a free slot on source pve1');
  await lab.accepted(200, { source_node: 'pve3', target_node: 'pve4' });
  expect((await running(lab)).sort()).toEqual([100, 101, 200]);

  // Other limits hold at once, without a restart.
  await lab.setSettings({ migration_limits: { cluster: 3, per_source: 16, per_target: 16 } });
  await waits(lab, 103, 'a free slot in the cluster');
  expect((await running(lab)).sort()).toEqual([100, 101, 200]);

  await lab.simulator.control('DELETE', '/faults');
  for (const vmid of [100, 101, 102, 103, 200]) expect(await lab.end(vmid)).toMatchObject({ state: 'completed' });
  expect((await lab.books()).reserved).toEqual([]);
  expect((await lab.books()).history).toHaveLength(5);
});

test('on each node first come is first served, and who is overtaken waits no more than three times', async () => {
  const guests = Array.from({ length: 8 }, (_, index) => vm(100 + index));
  await using lab = await openLab({ guests, migrators: 2, speed: 20 });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 2, per_target: 1 } });
  const [first] = await stall(lab, [100]);
  await lab.accepted(100);
  const others: Promise<unknown>[] = [];
  for (const vmid of [101, 102]) {
    others.push(lab.ask(vmid));
    await waits(lab, vmid, 'a free slot on target pve2');
  }
  // They do not need pve2, and may pass while it is full; the fourth would be one too many.
  for (const vmid of [103, 104, 105]) {
    await lab.accepted(vmid, { target_node: 'pve3' });
    await lab.end(vmid);
  }
  others.push(lab.ask(106, { target_node: 'pve3' }));
  await waits(lab, 106, 'a free slot on source pve1');
  await lab.simulator.lift(first ?? 0);
  for (const vmid of [101, 102, 106]) await lab.end(vmid);
  const startOf = (migration: Migration | undefined) => Date.parse(migration?.started_at ?? '');
  expect(startOf(lab.latest(101))).toBeLessThan(startOf(lab.latest(102)));
  await Promise.all(others);
});
