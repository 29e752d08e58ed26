import { MigrationCompleted } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { cluster, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { allowManyMoves, endOf, expectOneTask, migrate, stall } from './support/migrations.ts';
import { notify } from './support/notify.ts';
import { startSystem } from './support/system.ts';

const goesOn = 100;
const endsMeanwhile = 101;
const answerLost = 102;
const all = [goesOn, endsMeanwhile, answerLost];

test('a migrator that was killed takes up what runs, what ended without it, and what it never heard the answer of', async (context) => {
  await using system = await startSystem({
    cluster: cluster(all.map((vmid) => vm(vmid))),
    services: ['gateway', 'collector', 'migrator', 'notifier'],
  });
  system.explain(context);
  const { simulator, webhook } = system;
  await Promise.all([notify(system), allowManyMoves(system)]);
  await using events = await system.events({ types: 'migration.*' });
  const migrator = system.process('migrator');

  await stall(system, endsMeanwhile);
  await stall(system, goesOn);
  await migrate(system, { vmid: goesOn });
  await migrate(system, { vmid: endsMeanwhile });
  // Proxmox takes the request, but its answer is longer on its way than the API waits for it.
  await simulator.fault({
    kind: 'api-latency',
    method: 'POST',
    path: `/nodes/pve1/qemu/${answerLost}/migrate`,
    ms: 7000,
  });
  expect(await migrate(system, { vmid: answerLost })).toMatchObject({ state: 'starting', task_id: null });
  migrator.freeze();
  await eventually(async () => expect(await simulator.moves(answerLost)).toHaveLength(1));
  await migrator.kill9();

  await simulator.clearFaults();
  await stall(system, goesOn);
  await eventually(async () => expect(await simulator.moves(endsMeanwhile)).toMatchObject([{ exitstatus: 'OK' }]));
  await migrator.start();
  await simulator.clearFaults();

  for (const vmid of all) {
    const ended = await endOf(system, vmid, { withinMs: 40_000 });
    expect(ended).toMatchObject({ state: 'completed', final_node: 'pve2', error: null });
    expect(await simulator.nodeOf(vmid)).toBe('pve2');
    await expectOneTask(system, vmid);
    const completed = events.of(MigrationCompleted, (migration) => migration.vmid === vmid);
    expect(new Set(completed.map(({ id }) => id))).toHaveLength(1);
  }
  await eventually(() => expect(webhook.taken('migration.completed')).toHaveLength(3));
});
