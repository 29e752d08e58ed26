import {
  Analyze,
  GetRecommendations,
  MigrationCompleted,
  PostMigrate,
  PostRefresh,
  RecommendationsGenerated,
  type ServiceName,
  SnapshotTaken,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { openApi } from './support/api.ts';
import { cluster, hotGuests, vm } from './support/cluster.ts';
import { openEvents } from './support/event-reader.ts';
import { eventually } from './support/eventually.ts';
import { allowManyMoves, endOf, expectOneTask, migrate, move, stall } from './support/migrations.ts';
import { notify } from './support/notify.ts';
import { type System, startSystem } from './support/system.ts';

const vmids = [104, 105, 106, 107];
const contested = 108;
const guests = cluster([...hotGuests([100, 101, 102, 103]), ...[...vmids, contested].map((vmid) => vm(vmid))]);

test.concurrent('two of each service share the work: one snapshot a tick, one task a move, one truth', async (context) => {
  await using system = await startSystem({ cluster: guests });
  system.explain(context);
  const { api } = system;
  const replicated: ServiceName[] = ['gateway', 'collector', 'migrator', 'recommender', 'notifier'];
  const [gateway] = await Promise.all(replicated.map((name) => system.startAnother(name)));
  const other = openApi(() => gateway?.url() ?? '');
  await allowManyMoves(system);
  await using events = await system.events();

  // The same wish at both gateways at once is one move.
  const twice = await Promise.allSettled(
    [api, other].map((each) => each.ask(PostMigrate, { body: move({ vmid: contested }) })),
  );
  expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await Promise.all(vmids.map((vmid) => migrate(system, { vmid })));
  for (const vmid of [...vmids, contested]) {
    expect(await endOf(system, vmid)).toMatchObject({ state: 'completed' });
    await expectOneTask(system, vmid);
    expect(events.of(MigrationCompleted, (migration) => migration.vmid === vmid)).toHaveLength(1);
  }
  // What the moves asked for comes first; then only the clock takes snapshots, one every ten seconds.
  await eventually(
    () => {
      const [before = 0, last = 0] = events
        .of(SnapshotTaken)
        .slice(-2)
        .map(({ time }) => Date.parse(time));
      expect(last - before).toBeGreaterThan(8000);
      expect(Date.now() - last).toBeGreaterThan(2000);
    },
    { withinMs: 40_000 },
  );
  const judged = events.of(RecommendationsGenerated).map(({ id }) => id);
  expect(new Set(judged).size).toBe(judged.length);
  await eventually(async () => {
    const [here, there] = await Promise.all([api.ask(Analyze), other.ask(Analyze)]);
    expect(here.data.snapshot_id).toBe(there.data.snapshot_id);
  });
});

test.concurrent('services that only read and tell come back from kill -9 with all they knew', async (context) => {
  await using system = await startSystem({ cluster: guests });
  system.explain(context);
  const { api } = system;
  await using first = await system.events();
  await notify(system);
  system.webhook.refuse(1000, 503);
  await migrate(system, { vmid: 104 });
  await endOf(system, 104);
  await eventually(() => api.ask(GetRecommendations));
  const before = (await api.ask(Analyze)).data;

  const killed = (['gateway', 'collector', 'recommender', 'notifier'] as const).map((name) => system.process(name));
  await Promise.all(killed.map((child) => child.kill9()));
  system.webhook.refuse(0, 503);
  await Promise.all(killed.map((child) => child.start()));

  await eventually(async () => {
    const { data } = await api.ask(Analyze);
    expect(data.first_collected_at).toBe(before.first_collected_at);
    expect(data.guests['104']?.node).toBe('pve2');
    await api.ask(GetRecommendations);
  });
  await eventually(() => expect(system.webhook.taken('migration.completed')).toHaveLength(1), { withinMs: 30_000 });
  await api.ask(PostRefresh);
  await using resumed = await missedBy(system, first.seen[0]?.id);
  // A collection that was killed half-way holds the next one up until its lock expires.
  await eventually(() => expect(resumed.of(SnapshotTaken).length).toBeGreaterThan(1), { withinMs: 30_000 });
  expect(resumed.of(MigrationCompleted)).toHaveLength(1);
  const ids = resumed.seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.concurrent('a migrator that is told to stop leaves at once, and another one finishes its move', async (context) => {
  await using system = await startSystem({ cluster: guests, services: ['gateway', 'collector', 'migrator'] });
  system.explain(context);
  await stall(system, 104);
  await migrate(system, { vmid: 104 });
  await system.startAnother('migrator');
  expect(await system.process('migrator').stop()).toBe(0);
  await system.simulator.clearFaults();
  expect(await endOf(system, 104)).toMatchObject({ state: 'completed', final_node: 'pve2' });
  await expectOneTask(system, 104);
});

const missedBy = (system: System, lastEventId = '') => openEvents(system.process('gateway').url(), { lastEventId });
