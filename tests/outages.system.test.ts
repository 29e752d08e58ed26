import {
  Analyze,
  CollectionFailed,
  GetHealth,
  MigrationCompleted,
  PostMigrate,
  PostRefresh,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { startNats, startRedis } from './support/brokers.ts';
import { cluster, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { endOf, expectOneTask, migrate, move, stall } from './support/migrations.ts';
import { notify } from './support/notify.ts';
import { type System, startSystem } from './support/system.ts';

const services = ['gateway', 'collector', 'migrator', 'notifier'] as const;
const twoGuests = cluster([vm(100), vm(101)]);
const recovery = { withinMs: 40_000 };

test.concurrent('NATS dies while a guest moves: reads go on, commands say so, and afterwards nothing is missing', async (context) => {
  await using nats = await startNats();
  await using system = await startSystem({ cluster: twoGuests, services, brokers: { nats } });
  system.explain(context);
  const { api, simulator, webhook } = system;
  await notify(system);
  const before = processIds(system);
  await using events = await system.events({ types: 'migration.*' });
  await stall(system, 100);
  await migrate(system, { vmid: 100 });
  await eventually(() => expect(events.seen.length).toBeGreaterThan(1));
  await nats.kill();

  await eventually(() => expectUnready(system, 'nats'));
  expect(await api.refusal(PostMigrate, { body: move({ vmid: 101 }) })).toMatchObject({
    status: 503,
    code: 'broker-unavailable',
  });
  expect((await api.ask(Analyze)).data.guests['100']).toMatchObject({ node: 'pve1' });
  await simulator.clearFaults();
  await eventually(async () => expect(await simulator.moves(100)).toMatchObject([{ exitstatus: 'OK' }]));

  await nats.restart();
  expect(await endOf(system, 100, recovery)).toMatchObject({ state: 'completed', final_node: 'pve2' });
  await using resumed = await system.events({ types: 'migration.*', lastEventId: events.seen[0]?.id ?? '' });
  await eventually(() => expect(resumed.of(MigrationCompleted)).toHaveLength(1));
  await eventually(() => expect(webhook.taken('migration.completed')).toHaveLength(1));
  await expectOneTask(system, 100);
  await eventually(async () => expect((await api.ask(GetHealth)).ready).toBe(true));
  expect(processIds(system)).toEqual(before);
  expect(await simulator.moves(101)).toEqual([]);
});

test.concurrent('Redis dies while a guest moves: commands say so, and the move is still finished once', async (context) => {
  await using redis = await startRedis();
  await using system = await startSystem({ cluster: twoGuests, services, brokers: { redis } });
  system.explain(context);
  const { api, simulator, webhook } = system;
  await notify(system);
  const before = processIds(system);
  await stall(system, 100);
  await migrate(system, { vmid: 100 });
  await redis.kill();

  await eventually(() => expectUnready(system, 'redis'));
  expect(await api.refusal(PostMigrate, { body: move({ vmid: 101 }) })).toMatchObject({
    status: 503,
    code: 'broker-unavailable',
    error: expect.stringContaining('Redis'),
  });
  expect((await api.ask(Analyze)).data.guests['100']).toMatchObject({ node: 'pve1' });
  await simulator.clearFaults();
  await eventually(async () => expect(await simulator.moves(100)).toMatchObject([{ exitstatus: 'OK' }]));

  await redis.restart();
  expect(await endOf(system, 100, recovery)).toMatchObject({ state: 'completed', final_node: 'pve2' });
  await eventually(() => expect(webhook.taken('migration.completed')).toHaveLength(1), recovery);
  await expectOneTask(system, 100);
  expect(processIds(system)).toEqual(before);
  expect(await simulator.moves(101)).toEqual([]);
});

test.concurrent('Proxmox is gone: the last snapshot stays, with its age, and commands name what is missing', async (context) => {
  await using system = await startSystem({ cluster: twoGuests, services });
  system.explain(context);
  const { api, simulator } = system;
  await using events = await system.events({ types: 'cluster.*' });
  const last = (await api.ask(Analyze)).data;
  await simulator.child.kill9();

  const refused = await api.refusal(PostMigrate, { body: move({ vmid: 100 }) });
  expect([502, 504]).toContain(refused.status);
  expect(refused.error).toMatch(/proxmox|pve|127\.0\.0\.1/i);
  await api.ask(PostRefresh);
  await eventually(() => expect(events.of(CollectionFailed)).toHaveLength(1));
  const failed = events.of(CollectionFailed)[0]?.data;
  const { data } = await api.ask(Analyze);
  expect(data.collected_at >= last.collected_at).toBe(true);
  expect(failed?.last_collected_at).toBe(data.collected_at);
  expect(Object.keys(data.guests)).toEqual(['100', '101']);
});

const processIds = (system: System) => services.map((name) => system.process(name).pid());

async function expectUnready({ api }: System, broker: 'nats' | 'redis'): Promise<void> {
  const { ready, dependencies } = await api.ask(GetHealth);
  expect({ ready, ok: dependencies[broker]?.ok }).toEqual({ ready: false, ok: false });
}
