import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  CollectionFailed,
  eventSubject,
  MigrationCompleted,
  MigrationFailed,
  NodeStatusChanged,
} from '@proxbalance/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../libs/service-kit/src/bus/nats.ts';
import { startRedis } from '../../../tests/support/brokers.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { openStage, type Stage, toWebhook } from './support/notifier.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';

let stage: Stage;
let receiver: Receiver;
beforeEach(async () => {
  [stage, receiver] = [await openStage(), await startReceiver()];
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const migration = () => aMigration({ migration_id: randomUUID(), state: 'completed', final_node: 'pve2' });
/** Tells of a move that ended; gives the event's id. */
const tell = async (id = randomUUID()): Promise<string> => {
  await stage.outside.bus.publish(MigrationCompleted, migration(), { id });
  return id;
};
/** The same event once more, though the stream would know it: as after a reader that died before it said that it was done. */
const again = async (id: string): Promise<void> => {
  const namespace = String(stage.env.PROXBALANCE_NAMESPACE);
  const envelope = {
    specversion: '1.0',
    id,
    source: '/t/migrator',
    type: MigrationCompleted.type,
    time: new Date().toISOString(),
    data: migration(),
  };
  const connection = await connect({ servers: String(stage.env.NATS_URL) });
  await connection.jetstream().publish(eventSubject(namespace, MigrationCompleted), JSON.stringify(envelope));
  await connection.close();
};
const started = async () => {
  await stage.configure(toWebhook(receiver.url, { 'X-Api-Key': 'hunter2', 'Content-Type': 'text/plain' }));
  const notifier = await stage.start();
  return notifier;
};

test('a message has the form people were promised, and the headers they set', async () => {
  await started();
  const id = await tell();
  await eventually(() => expect(receiver.requests).toHaveLength(1));
  const { path, headers, body } = receiver.requests[0] ?? { path: '', headers: {} as IncomingHttpHeaders, body: {} };
  expect([path, headers['x-api-key'], headers['content-type'], headers['x-proxbalance-delivery']]).toEqual([
    '/hook/hunter2',
    'hunter2',
    'application/json',
    id,
  ]);
  expect(body).toMatchObject({
    title: 'Migration completed: web (100)',
    priority: 'normal',
    source: 'ProxBalance',
    timestamp: expect.stringMatching(/Z$/),
    message: expect.stringContaining('Now on: pve2'),
    event: { id, type: 'migration.completed' },
  });
  await eventually(() => expect(stage.delivered).toHaveLength(1));
  expect(stage.delivered[0]).toMatchObject({ subject: 'webhook', data: { event_id: id, attempts: 1 } });
});

test('two replicas and an event that comes again: one message', async () => {
  await started();
  await stage.start();
  const id = await tell();
  await eventually(() => expect(stage.delivered).toHaveLength(1));
  await again(id);
  const last = await tell();
  await eventually(() => expect(receiver.requests.map(({ body }) => body.event.id)).toContain(last));
  expect(receiver.requests.map(({ body }) => body.event.id)).toEqual([id, last]);
});

describe('receivers in trouble', () => {
  test('500, then 200: delivered at the second try', async () => {
    await started();
    receiver.next({ status: 500 });
    const id = await tell();
    await eventually(() => expect(stage.delivered).toHaveLength(1));
    expect(stage.delivered[0]?.data).toMatchObject({ event_id: id, attempts: 2 });
    expect(receiver.requests).toHaveLength(2);
    expect(stage.failed).toEqual([]);
  });

  test('down, then up: delivered', async () => {
    const { port } = receiver;
    await started();
    await receiver[Symbol.asyncDispose]();
    const id = await tell();
    await eventually(async () =>
      expect(
        (await stage.outside.redis.client.keys(`${stage.env.PROXBALANCE_NAMESPACE}:notifier:*${id}*`)).length,
      ).toBeGreaterThan(0),
    );
    receiver = await startReceiver(port);
    await eventually(() => expect(receiver.requests.map(({ body }) => body.event.id)).toEqual([id]));
  });

  test.each([400, 401, 404, 410, 301, 302, 307])(
    'HTTP %i is final, and told once, without the address',
    async (status) => {
      await started();
      receiver.next({ status, headers: { location: `http://127.0.0.1:${receiver.port}/elsewhere` } });
      const id = await tell();
      await eventually(() => expect(stage.failed).toHaveLength(1));
      await tell();
      await eventually(() => expect(stage.delivered).toHaveLength(1));
      expect(receiver.requests.map(({ path }) => path)).toEqual(['/hook/hunter2', '/hook/hunter2']);
      expect(stage.failed.map(({ data }) => data)).toMatchObject([
        { event_id: id, attempts: 1, reason: `the receiver answered HTTP ${status}` },
      ]);
      expect(JSON.stringify(stage.failed)).not.toContain('hunter2');
    },
  );

  test('429 is tried again, and not before it was asked for', async () => {
    await started();
    receiver.next({ status: 429, headers: { 'retry-after': '3' } });
    await tell();
    await eventually(() => expect(receiver.requests).toHaveLength(2));
    const [first, second] = receiver.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2900);
  });

  test('a forbidden address is never asked, and is final', async () => {
    await stage.configure(toWebhook('http://2852039166/latest/meta-data'));
    await stage.start();
    await tell();
    await eventually(() => expect(stage.failed).toHaveLength(1));
    expect(stage.failed[0]?.data.reason).toBe('not delivered: the address is link-local or a metadata service');
  });
});

describe('what people want to hear of', () => {
  const all = async () => {
    const { bus } = stage.outside;
    await bus.publish(MigrationFailed, { ...migration(), state: 'failed' });
    await bus.publish(NodeStatusChanged, { node: 'pve1', status: 'offline', previous_status: 'online' });
    await bus.publish(CollectionFailed, { reason: 'no node answers', kind: 'unreachable', last_collected_at: null });
  };
  const quiet = { on_action: false, on_node_status: false, on_collector_status: false };

  test.each([
    ['nothing is sent while notifications are off', { enabled: false }, []],
    [
      'nothing is sent while the provider is off',
      { providers: { webhook: { enabled: false, url: 'http://127.0.0.1:1', headers: {} } } },
      [],
    ],
    ['moves and nodes by default', {}, ['Migration failed: web (100)', 'Node pve1 is offline']],
    ['each kind can be turned off and on', { ...quiet, on_collector_status: true }, ['The cluster cannot be read']],
  ])('%s', async (_, more, titles) => {
    await stage.configure({ ...toWebhook(receiver.url), ...more });
    await stage.start();
    await all();
    await stage.settled();
    await eventually(() => expect(receiver.requests.map(({ body }) => body.title).sort()).toEqual(titles));
  });

  test('what was queued is not sent any more once it is switched off', async () => {
    await started();
    receiver.next({ status: 503 }, { status: 503 });
    await tell();
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    await stage.configure({ ...toWebhook(receiver.url), enabled: false });
    await eventually(() => expect(stage.failed).toHaveLength(1));
    expect(stage.failed[0]?.data.reason).toBe('it was switched off meanwhile');
    expect(receiver.requests).toHaveLength(1);
  });
});

test('Redis away for a while costs no message', async () => {
  await using redis = await startRedis();
  await using other = await openStage({ REDIS_URL: redis.url });
  await other.configure(toWebhook(receiver.url));
  await other.start();
  await redis.stop();
  await other.outside.bus.publish(MigrationCompleted, migration());
  await eventually(async () => expect((await other.outside.health.read()).ready).toBe(false));
  await redis.restart();
  await eventually(() => expect(receiver.requests).toHaveLength(1), { withinMs: 20_000 });
});
