import { randomUUID } from 'node:crypto';
import { connectionFromSettings, createProxmox } from '@proxbalance/proxmox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({ guests: [vm(100), vm(101), vm(102), vm(103), vm(104), vm(105), vm(106), vm(107), vm(108)] });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 16 } });
});
afterAll(() => lab[Symbol.asyncDispose]());

const stall = (vmid: number) => lab.simulator.fault({ kind: 'migration-stalls', vmid });

describe.concurrent('called off', () => {
  test.for([
    ['by its migration id', 100, 'migration_id'],
    ['by its UPID', 101, 'task_id'],
  ] as const)('while it runs, %s: the guest stays', async ([, vmid, by]) => {
    await stall(vmid);
    const migration = await lab.accepted(vmid);
    const answer = await lab.cancel(migration[by] ?? '');
    expect(answer).toMatchObject({ ok: true, value: { migration: { cancel_requested: true } } });
    const end = await lab.end(vmid);
    expect(end).toMatchObject({ state: 'cancelled', final_node: 'pve1', cancel_requested: true, error: null });
    expect(await lab.simulator.moves(vmid)).toHaveLength(1);
    expect(await lab.cancel(migration.migration_id)).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  test('while its task is being asked for: it is stopped as soon as it is known', async () => {
    await stall(102);
    const path = '/nodes/pve1/qemu/102/migrate';
    await lab.simulator.fault({ kind: 'api-latency', method: 'POST', path, ms: 5000 });
    const asking = lab.accepted(102);
    const { migration_id } = await lab.reaches(102, 'queued');
    await lab.stored(102, 'starting');
    const answer = await lab.cancel(migration_id);
    expect(answer).toMatchObject({ ok: true, value: { message: expect.stringContaining('as soon as it is known') } });
    expect(await asking).toMatchObject({ cancel_requested: true });
    expect(await lab.end(102)).toMatchObject({ state: 'cancelled', final_node: 'pve1' });
    expect(await lab.simulator.moves(102)).toMatchObject([{ status: 'stopped' }]);
  });

  test('when it was too late: it is told that the guest arrived, and that it was called off', async () => {
    await lab.simulator.fault({ kind: 'api-error', method: 'DELETE', path: '*qmigrate%3A103%3A*' });
    const migration = await lab.accepted(103);
    const answer = await lab.cancel(migration.migration_id);
    expect(answer).toMatchObject({ ok: true, value: { message: expect.stringContaining('will be told again') } });
    expect(await lab.end(103)).toMatchObject({ state: 'completed', final_node: 'pve2', cancel_requested: true });
  });

  test('while Proxmox does not answer: it is told again until the task ends', async () => {
    await stall(104);
    const fault = await lab.simulator.fault({
      kind: 'api-error',
      method: 'DELETE',
      path: '*qmigrate%3A104%3A*',
    });
    const migration = await lab.accepted(104);
    await lab.cancel(migration.migration_id);
    await lab.simulator.lift(fault);
    expect(await lab.end(104)).toMatchObject({ state: 'cancelled' });
  });

  test('as a task of its node: the same, and only with the node it runs on', async () => {
    await stall(108);
    const migration = await lab.accepted(108);
    const upid = migration.task_id ?? '';
    expect(await lab.stopTask('pve2', upid)).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(await lab.stopTask('pve1', upid)).toMatchObject({ ok: true });
    expect(await lab.end(108)).toMatchObject({ state: 'cancelled', final_node: 'pve1' });
  });

  test('what is not ours: a task of somebody else is stopped, and has no record', async () => {
    await stall(105);
    const upid = await migrateByHand(105);
    expect(await lab.cancel(upid)).toMatchObject({ ok: true, value: { migration: null } });
    await eventually(async () => expect(await lab.simulator.moves(105)).toMatchObject([{ status: 'stopped' }]));
    expect(await lab.cancel(upid)).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  test.for([
    ['nonsense', 'hello', 'invalid-input'],
    ['a task that moves nothing', 'UPID:pve1:00001000:00000001:69A1B2C3:vzdump:100:a@pve!b:', 'invalid-input'],
    ['a task nobody knows', 'UPID:pve1:00001000:00000001:69A1B2C3:qmigrate:100:a@pve!b:', 'task-not-found'],
    ['a task of a node nobody knows', 'UPID:pve9:00001000:00000001:69A1B2C3:qmigrate:100:a@pve!b:', 'node-not-found'],
    ['a migration nobody knows', randomUUID(), 'migration-not-found'],
  ] as const)('%s is refused', async ([, id, code]) => {
    expect(await lab.cancel(id)).toMatchObject({ ok: false, error: { code } });
  });
});

test('one that waits for its turn never begins', async () => {
  await lab.setSettings({ migration_limits: { cluster: 1, per_source: 1, per_target: 1 } });
  await stall(106);
  await lab.accepted(106);
  const { migration_id } = await lab.accepted(107);
  expect(await lab.cancel(migration_id)).toMatchObject({
    ok: true,
    value: { message: expect.stringContaining('will not begin') },
  });
  expect(await lab.end(107)).toMatchObject({ state: 'cancelled', final_node: 'pve1', started_at: null });
  expect(await lab.simulator.moves(107)).toEqual([]);
});

/** Somebody else, with the same token, past the migrator. */
async function migrateByHand(vmid: number): Promise<string> {
  const options = connectionFromSettings(lab.kit.settings.current());
  if (!options) throw new Error('no connection');
  const proxmox = createProxmox(options);
  const request = { node: 'pve1', kind: 'qemu', vmid, target: 'pve2' } as const;
  const upid = await proxmox.migrateGuest({ ...request, online: true, withLocalDisks: false, restart: false });
  await proxmox.close();
  return upid;
}
