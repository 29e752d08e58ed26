import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ct, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const gib = 1024 ** 3;
const local = [{ key: 'scsi0', storage: 'local-lvm', size_bytes: 4 * gib }];

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({
    guests: [
      vm(100),
      vm(101, { status: 'stopped' }),
      vm(102, { disks: local }),
      vm(103, { ha: true }),
      vm(104),
      ct(200),
      ct(201, { status: 'stopped' }),
    ],
  });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 16 } });
});
afterAll(() => lab[Symbol.asyncDispose]());

describe.concurrent('a guest arrives', () => {
  test.for([
    ['a running VM', 100, 'VM', 'qmigrate', 'running'],
    ['a stopped VM', 101, 'VM', 'qmigrate', 'stopped'],
    ['a running VM with a local disk', 102, 'VM', 'qmigrate', 'running'],
    ['a running container', 200, 'CT', 'vzmigrate', 'running'],
    ['a stopped container', 201, 'CT', 'vzmigrate', 'stopped'],
  ] as const)('%s', async ([, vmid, type, task, status]) => {
    const accepted = await lab.accepted(vmid, { type });
    expect(accepted.task_id).toContain(`:${task}:${vmid}:`);
    const end = await lab.end(vmid);
    expect(end).toMatchObject({ state: 'completed', final_node: 'pve2', error: null, waiting_for: null });
    expect(end.timeline.map((step) => step.state)).toEqual([
      'queued',
      'checking',
      'starting',
      'running',
      'verifying',
      'completed',
    ]);
    expect(end.checks.every((check) => check.passed)).toBe(true);
    const { guests } = await lab.simulator.state();
    expect(guests.find((guest) => guest.vmid === vmid)).toMatchObject({ node: 'pve2', status, lock: null });
    expect(await lab.simulator.moves(vmid)).toMatchObject([{ type: task, exitstatus: 'OK' }]);
    for (const what of ['requested', 'started', 'completed'])
      expect(lab.told(vmid, `migration.${what}`)).toHaveLength(1);
    const { history, reserved } = await lab.books();
    expect(history.filter((id) => id === end.migration_id)).toHaveLength(1);
    expect(reserved).not.toContain(String(vmid));
  });

  test('one the HA manager looks after: the task of its own is followed as well', async () => {
    await lab.accepted(103);
    const end = await lab.end(103);
    expect(end).toMatchObject({ state: 'completed', final_node: 'pve2', child_task_id: expect.any(String) });
    expect(end.task_id).toContain(':hamigrate:');
    expect(end.child_task_id).toContain(':qmigrate:');
  });

  test('progress is told with bytes, and never falls back after the end', async () => {
    await lab.accepted(104);
    const end = await lab.end(104);
    expect(end.progress).toMatchObject({ percentage: 100, eta_seconds: 0 });
    expect(end.progress?.total_bytes).toBeGreaterThan(0);
  });
});
