import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({
    // Never asked through a node that dies here: a start that breaks off with it is looked for before it is sent again.
    env: ({ hosts }) => ({ PROXMOX_HOSTS: hosts.slice(1, 3).join(',') }),
    guests: [
      vm(100),
      vm(101, { node: 'pve2' }),
      vm(102, { node: 'pve2', ha: true }),
      vm(103, { node: 'pve2', ha: true }),
    ],
  });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 16 } });
});
afterAll(() => lab[Symbol.asyncDispose]());

describe.concurrent('nodes and their HA manager', () => {
  test('the source dies: the record says that its node does not answer, then where the guest is', async () => {
    await lab.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
    await lab.accepted(100);
    await lab.simulator.control('POST', '/nodes/pve1', { status: 'offline' });
    await eventually(() => expect(lab.latest(100)?.waiting_for).toContain('Proxmox: '));
    const end = await lab.end(100, 100_000);
    expect(end).toMatchObject({ state: 'failed', final_node: 'pve1', waiting_for: null });
    expect(end.error?.message).toContain('unreachable');
  });

  test('the target dies while the guest is sent: it stays', async () => {
    await lab.simulator.fault({ kind: 'target-dies', vmid: 101 });
    await lab.accepted(101, { source_node: 'pve2', target_node: 'pve4' });
    expect(await lab.end(101)).toMatchObject({ state: 'failed', final_node: 'pve2' });
  });

  test('called off before the HA manager began: its task is stopped as soon as it is there', async () => {
    await lab.simulator.fault({ kind: 'migration-stalls', vmid: 102 });
    const { migration_id } = await lab.accepted(102, { source_node: 'pve2', target_node: 'pve3' });
    await eventually(async () => expect(await lab.simulator.moves(102)).toMatchObject([{ exitstatus: 'OK' }]));
    await lab.cancel(migration_id);
    const end = await lab.end(102);
    expect(end).toMatchObject({ state: 'cancelled', final_node: 'pve2', child_task_id: expect.any(String) });
  });

  test('the HA manager drops the request without a word: given up after its rounds, with that reason', async () => {
    await lab.simulator.control('POST', '/nodes/pve5', { status: 'maintenance' });
    await lab.accepted(103, { source_node: 'pve2', target_node: 'pve5' });
    const end = await lab.end(103, 120_000);
    expect(end).toMatchObject({ state: 'failed', final_node: 'pve2' });
    expect(end.error?.message).toContain('the HA manager did not carry the request out');
  });
});
