import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { ct, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { openProxy } from './support/proxy.ts';

/** Killed with `kill -9` at each state: what must hold afterwards, whatever was lost with the process. */
async function expectDoneOnce(lab: Lab, vmid: number): Promise<void> {
  const end = await lab.end(vmid, 60_000);
  expect(end, `guest ${vmid}`).toMatchObject({ state: 'completed', final_node: end.target_node });
  const moves = await lab.simulator.moves(vmid);
  expect(moves, `tasks of ${vmid}`).toMatchObject([{ exitstatus: 'OK' }]);
  expect(lab.told(vmid, 'migration.completed'), `final events of ${vmid}`).toHaveLength(1);
  const { history, reserved } = await lab.books();
  expect(history.filter((id) => id === end.migration_id)).toHaveLength(1);
  expect(reserved).not.toContain(String(vmid));
}

test('killed while moves are queued, checking, starting, running and verifying: each ends once', async () => {
  const [blocking, queued, checking, starting, running, verifying, container] = [100, 101, 102, 103, 104, 105, 200];
  const vmids = [blocking, queued, checking, starting, running, verifying];
  await using lab = await openLab({ guests: [...vmids.map((vmid) => vm(vmid)), ct(container)], migrators: 0 });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 1 } });
  const first = await lab.spawnMigrator();
  const slow = (vmid: number, node: string, method: string, what: string, ms: number) =>
    lab.simulator.fault({ kind: 'api-latency', method, path: `/nodes/${node}/qemu/${vmid}/${what}`, ms });
  for (const vmid of [blocking, running, container]) await lab.simulator.fault({ kind: 'migration-stalls', vmid });
  await slow(checking, 'pve1', 'GET', 'config', 12_000);
  await slow(starting, 'pve1', 'POST', 'migrate', 12_000);
  await slow(verifying, 'pve3', 'GET', 'config', 12_000);
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 1 } });
  await lab.accepted(blocking, { target_node: 'pve2' });
  void lab.ask(queued, { target_node: 'pve2' });
  await eventually(() => expect(lab.latest(queued)?.waiting_for).toBe('a free slot on target pve2'));
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 4 } });
  void lab.ask(verifying, { target_node: 'pve3' });
  await lab.stored(verifying, 'verifying');
  void lab.ask(checking, { target_node: 'pve4' });
  void lab.ask(starting, { target_node: 'pve4' });
  await lab.accepted(running, { target_node: 'pve3' });
  await lab.accepted(container, { target_node: 'pve4', type: 'CT' });
  await lab.stored(checking, 'checking');
  await lab.stored(starting, 'starting');
  await lab.stored(running, 'running');
  await first.kill9();
  await lab.simulator.control('DELETE', '/faults');
  await lab.spawnMigrator();
  for (const vmid of [...vmids, container]) await expectDoneOnce(lab, vmid);
});

test('killed after Proxmox took the task, before its id was stored: the task is adopted', async () => {
  await using lab = await openLab({ guests: [vm(100)], migrators: 0 });
  const first = await lab.spawnMigrator();
  await lab.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
  await lab.simulator.fault({ kind: 'api-latency', method: 'POST', ms: 2500 });
  void lab.ask(100);
  const asked = 'POST /nodes/{node}/qemu/{vmid}/migrate';
  await eventually(async () => expect(await lab.simulator.underWay()).toContain(asked));
  first.freeze();
  await eventually(async () => expect(await lab.simulator.moves(100)).toHaveLength(1));
  await first.kill9();
  await lab.simulator.control('DELETE', '/faults');
  await lab.spawnMigrator();
  await expectDoneOnce(lab, 100);
  expect(lab.latest(100)?.timeline.map((step) => step.detail)).toContain('found the task that had been started');
});

test.for(['requests', 'answers'] as const)(
  'killed after the end was written down, while the %s of the broker got lost: the end is told once',
  async (lost) => {
    await using lab = await openLab({ guests: [vm(100)], migrators: 0 });
    await using wire = await openProxy(new URL(inject('natsUrl')).host);
    const first = await lab.spawnMigrator({ NATS_URL: `nats://${wire.host}` });
    const path = '/nodes/pve2/qemu/100/config';
    const slow = await lab.simulator.fault({ kind: 'api-latency', path, ms: 1500 });
    await lab.accepted(100);
    await lab.stored(100, 'verifying');
    wire.swallow(lost);
    await lab.stored(100, 'completed');
    await first.kill9();
    await lab.simulator.lift(slow);
    await lab.spawnMigrator();
    await expectDoneOnce(lab, 100);
  },
);

test('a process that was taken for dead and comes back changes nothing that has gone on without it', async () => {
  await using lab = await openLab({ guests: [vm(100)], migrators: 0 });
  const first = await lab.spawnMigrator({ LOG_LEVEL: 'debug' });
  const fault = await lab.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
  await lab.accepted(100);
  first.freeze();
  await lab.openMigrator(false);
  await lab.simulator.lift(fault);
  await expectDoneOnce(lab, 100);
  // Meanwhile somebody takes it back: a second look by the old process would find it elsewhere and say so.
  await lab.simulator.control('POST', '/guests/100', { node: 'pve1' });
  process.kill(first.pid() ?? 0, 'SIGCONT');
  await eventually(() => expect(first.output()).toMatch(/Missing (key|lock) for job/), { withinMs: 20_000 });
  expect(first.output()).not.toContain('migration ended');
  expect(lab.told(100).filter((one) => one.finished_at)).toMatchObject([{ state: 'completed' }]);
  expect((await lab.books()).history).toHaveLength(1);
});
