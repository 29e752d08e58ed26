import {
  GetMigrationStatus,
  GetOutcomes,
  MigrationFailed,
  PostCancelMigration,
  PostConfig,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cluster, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { endOf, migrate, migrationOf, stall } from './support/migrations.ts';
import { notify } from './support/notify.ts';
import { type System, startSystem } from './support/system.ts';

let system: System;
beforeAll(async () => {
  const guests = [
    ...[101, 102, 103, 104, 105, 106, 107].map((vmid) => vm(vmid)),
    ...[201, 202].map((vmid) => vm(vmid, { ha: 'started' })),
    vm(203, { ha: 'started', node: 'pve2' }),
  ];
  const resources = ['vm:202', 'vm:203'];
  system = await startSystem({
    cluster: cluster(guests, {
      ha_rules: [{ rule: 'apart', type: 'resource-affinity', affinity: 'negative', resources }],
    }),
    services: ['gateway', 'collector', 'migrator', 'notifier'],
  });
  await notify(system);
});
afterAll(() => system?.[Symbol.asyncDispose]());
beforeEach((context) => system.explain(context));

describe('a move that Proxmox ends badly', () => {
  test.each([
    ['prepare', 101, "Can't connect to destination address using public key"],
    ['phase1', 102, "Problem found while scanning volumes - can't migrate VM - check log"],
    ['phase2', 103, "VM 103 qmp command 'migrate' failed - unable to find configuration file on the target - aborting"],
  ])('in %s is failed, for the reason in its task log, and the guest is where it was', async (phase, vmid, reason) => {
    const { simulator, webhook } = system;
    await using events = await system.events({ types: 'migration.*' });
    await simulator.fault({ kind: 'migration-fails', vmid, phase });
    await migrate(system, { vmid });
    const ended = await endOf(system, vmid);
    expect(ended).toMatchObject({ state: 'failed', final_node: 'pve1', error: { code: 'proxmox-error' } });
    expect(ended.error?.message).toContain(reason);
    await eventually(() => {
      expect(events.of(MigrationFailed)).toMatchObject([{ data: { vmid, error: { message: ended.error?.message } } }]);
      const told = webhook.taken('migration.failed').filter(({ title }) => title.includes(String(vmid)));
      expect(told).toHaveLength(1);
      expect(told[0]?.message).toContain(reason);
    });
    expect(await simulator.nodeOf(vmid)).toBe('pve1');
    expect(await system.api.ask(GetOutcomes, { query: { vmid: String(vmid) } })).toMatchObject({ total: 0 });
  });

  test('after the guest had already moved is completed, with warnings', async () => {
    await system.simulator.fault({ kind: 'migration-fails', vmid: 104, phase: 'phase3' });
    await migrate(system, { vmid: 104 });
    const ended = await endOf(system, 104);
    expect(ended).toMatchObject({ state: 'completed', final_node: 'pve2', warnings: true });
    expect(ended.timeline.at(-1)?.detail).toContain('resume failed');
    await eventually(async () =>
      expect(await system.api.ask(GetOutcomes, { query: { vmid: '104' } })).toMatchObject({
        total: 1,
        outcomes: [{ migration_id: ended.migration_id, status: 'pending_5min', verdict: null, target_node: 'pve2' }],
      }),
    );
  });
});

describe('a move that is called off', () => {
  const cancel = (task_id: string) => system.api.ask(PostCancelMigration, { params: { task_id } });

  test('leaves the guest where it is and its slot to the next one, whether it waited or ran', async () => {
    const { api, simulator } = system;
    await api.ask(PostConfig, { body: { migration_limits: { per_target: 1 } } });
    await stall(system, 105);
    const running = await migrate(system, { vmid: 105 });
    const waits = migrate(system, { vmid: 106 });
    const queued = await eventually(async () => {
      const migration = await migrationOf(system, 106);
      expect(migration).toMatchObject({ state: 'queued', waiting_for: 'a free slot on target pve2' });
      return migration;
    });
    await cancel(queued?.migration_id ?? '');
    expect(await endOf(system, 106)).toMatchObject({ state: 'cancelled', final_node: 'pve1', task_id: null });
    expect(await waits).toMatchObject({ state: 'cancelled' });

    const next = migrate(system, { vmid: 107 });
    await eventually(async () => expect(await migrationOf(system, 107)).toMatchObject({ state: 'queued' }));
    await cancel(running.task_id ?? '');
    expect(await endOf(system, 105)).toMatchObject({ state: 'cancelled', final_node: 'pve1', error: null });
    expect(await endOf(system, 107)).toMatchObject({ state: 'completed', final_node: 'pve2' });
    await next;
    expect(await simulator.moves(106)).toEqual([]);
    expect(await simulator.nodeOf(105)).toBe('pve1');
  });
});

describe('a guest of the HA manager', () => {
  test('is reported moved only when the HA manager has really moved it', async () => {
    const { api, simulator } = system;
    await migrate(system, { vmid: 201, to: 'pve3' });
    await eventually(async () =>
      expect(await simulator.moves(201)).toMatchObject([{ type: 'hamigrate', exitstatus: 'OK' }]),
    );
    const status = await api.ask(GetMigrationStatus, { params: { vmid: '201' } });
    expect(status).toMatchObject({ is_migrating: true, migration: { state: 'running', final_node: null } });
    const ended = await endOf(system, 201, { withinMs: 20_000 });
    expect(ended).toMatchObject({ state: 'completed', final_node: 'pve3' });
    const [wish, real, ...more] = await simulator.moves(201);
    expect(more).toEqual([]);
    expect([wish?.upid, real?.upid]).toEqual([ended.task_id, ended.child_task_id]);
  });

  test('stays when a rule keeps it off the target, and the rule is the reason', async () => {
    await migrate(system, { vmid: 202 });
    const ended = await endOf(system, 202);
    expect(ended).toMatchObject({ state: 'failed', final_node: 'pve1' });
    expect(ended.error?.message).toContain('negative affinity');
  });
});
