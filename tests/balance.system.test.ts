import {
  GetGuestLocation,
  GetMigrationStatus,
  GetRecommendations,
  MigrationCompleted,
  MigrationProgressed,
  MigrationRequested,
  MigrationStarted,
  NotificationDelivered,
  PostMigrate,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { cluster, hotGuests, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { notify } from './support/notify.ts';
import { startSystem } from './support/system.ts';

test('a hot node is relieved: explained, moved once, told to everyone, and seen at the new place', async (context) => {
  await using system = await startSystem({ cluster: cluster([...hotGuests([100, 101, 102, 103]), vm(104)]) });
  system.explain(context);
  const { api, simulator, webhook } = system;
  await notify(system);
  webhook.refuse(1, 500);
  await using events = await system.events({ types: 'migration.*' });
  await using deliveries = await system.events({ types: 'notification.*' });

  const recommendation = await eventually(async () => {
    const { recommendations } = await api.ask(GetRecommendations);
    const [first] = recommendations;
    if (!first) throw new Error('nothing recommended yet');
    return first;
  });
  expect(recommendation.source_node).toBe('pve1');
  expect(recommendation.reason).not.toBe('');
  expect(recommendation.decision_explanation).toContain(recommendation.target_node);
  expect(Object.values(recommendation.score_details.source.penalties).some((points) => points > 0)).toBe(true);

  const { vmid, source_node, target_node } = recommendation;
  const accepted = await api.ask(PostMigrate, { body: { vmid, source_node, target_node } });
  expect(accepted.task_id).toMatch(/^UPID:pve1:.*:qmigrate:/);
  await eventually(async () => expect(await simulator.moves(vmid)).toMatchObject([{ exitstatus: 'OK' }]));
  const endedAt = Date.now();

  await eventually(async () => {
    const location = await api.ask(GetGuestLocation, { params: { vmid: String(vmid) } });
    expect(location.node).toBe(target_node);
  });
  expect(Date.now() - endedAt).toBeLessThan(8000);
  expect(await simulator.nodeOf(vmid)).toBe(target_node);

  await eventually(() => expect(events.of(MigrationCompleted)).toHaveLength(1));
  const order = [MigrationRequested, MigrationStarted, MigrationProgressed, MigrationCompleted].map(({ type }) =>
    events.seen.findIndex((event) => event.type === type),
  );
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
  const ids = events.seen.map(({ data }) => (data as { migration_id: string }).migration_id);
  expect(new Set(ids)).toEqual(new Set([accepted.migration_id]));

  const status = await api.ask(GetMigrationStatus, { params: { vmid: String(vmid) } });
  expect(status).toMatchObject({ is_migrating: false, migration: { state: 'completed', final_node: target_node } });
  expect(status.migration?.timeline.map(({ state }) => state)).toEqual([
    'queued',
    'checking',
    'starting',
    'running',
    'verifying',
    'completed',
  ]);
  await eventually(() => expect(webhook.taken('migration.completed')).toHaveLength(1));
  expect(webhook.taken('migration.completed')[0]?.title).toContain(String(vmid));
  await eventually(() => expect(deliveries.of(NotificationDelivered)).toMatchObject([{ data: { attempts: 2 } }]));
  expect(await simulator.moves(vmid)).toHaveLength(1);
});
