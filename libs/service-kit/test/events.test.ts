import { eventSubject } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { deadLetterStream, eventStream } from '../src/bus/streams.ts';
import { Counted, Named } from './support/contracts.ts';
import { eventually } from './support/eventually.ts';
import { stored, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

test('an event arrives once per service, however many replicas run', async () => {
  await using namespace = testNamespace(natsUrl);
  const got: string[] = [];
  for (const service of ['notifier', 'notifier', 'notifier', 'recommender'] as const) {
    const replica = await namespace.open(service);
    await replica.bus.subscribe(Counted, async ({ data }) => void got.push(`${service} ${data.n}`));
  }
  const { bus } = await namespace.open();
  for (let n = 1; n <= 30; n++) await bus.publish(Counted, { n });

  await eventually(() => expect(got.length).toBeGreaterThanOrEqual(60));
  await bus.publish(Counted, { n: 31 });
  await eventually(() => expect(got.filter((it) => it.endsWith(' 31'))).toHaveLength(2));
  expect(got).toHaveLength(62);
  expect(new Set(got).size).toBe(62);
});

test('events of one type are handled in order', async () => {
  await using namespace = testNamespace(natsUrl);
  const got: number[] = [];
  const { bus } = await namespace.open();
  await bus.subscribe(Counted, async ({ data }) => void got.push(data.n));
  const order = Array.from({ length: 100 }, (_, n) => n);
  for (const n of order) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual(order));
});

test('the same id published twice is stored once', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  await Promise.all([1, 2, 3].map((n) => bus.publish(Counted, { n }, { id: 'one-fact' })));
  const messages = await stored(link, eventStream(namespace.name));
  expect(messages.map(({ body }) => body.id)).toEqual(['one-fact']);
});

test('an event is a CloudEvent that says where it comes from and what it is about', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  await bus.publish(Counted, { n: 1 }, { subject: '101' });
  const [message] = await stored(link, eventStream(namespace.name));
  expect(message?.subject).toBe(`${namespace.name}.events.test.counted`);
  expect(message?.body).toEqual({
    specversion: '1.0',
    id: expect.any(String),
    source: `/${namespace.name}/collector`,
    type: 'test.counted',
    time: expect.any(String),
    subject: '101',
    datacontenttype: 'application/json',
    data: { n: 1 },
  });
});

test('a handler that throws is tried again with back-off and ends in the dead letters; the others go on', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  const tries: number[] = [];
  const others: number[] = [];
  const handler = async ({ data }: { data: { n: number } }) => {
    if (data.n !== 13) return void others.push(data.n);
    tries.push(Date.now());
    throw new Error('thirteen is not to my taste');
  };
  await bus.subscribe(Counted, handler, { triesMax: 3, backoffMs: [300, 600] });
  for (const n of [12, 13, 14]) await bus.publish(Counted, { n }, { id: `count-${n}` });

  await eventually(() => expect(others).toEqual([12, 14]));
  const letters = await eventually(async () => {
    const all = await stored(link, deadLetterStream(namespace.name));
    expect(all).toHaveLength(1);
    return all;
  });
  expect(letters[0]?.body).toMatchObject({
    consumer: 'collector_test_counted',
    reason: 'thirteen is not to my taste',
    tries: 3,
    message: expect.stringContaining('"n":13'),
  });
  const [first = 0, second = 0, third = 0] = tries;
  expect(tries).toHaveLength(3);
  expect(second - first).toBeGreaterThanOrEqual(290);
  expect(third - second).toBeGreaterThanOrEqual(590);
});

test('many messages that wait for their next try hold up none of the others', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  const good: number[] = [];
  const handler = async ({ data }: { data: { n: number } }) => {
    if (data.n < 100) throw new Error('not now');
    good.push(data.n);
  };
  await bus.subscribe(Counted, handler, { backoffMs: [60_000] });
  for (let n = 0; n < 100; n++) await bus.publish(Counted, { n });
  await bus.publish(Counted, { n: 100 });
  await eventually(() => expect(good).toEqual([100]), 5000);
});

test.each([
  ['not JSON', 'oh no'],
  ['not a CloudEvent', '{"n":1}'],
  [
    'data of the wrong shape',
    JSON.stringify({
      specversion: '1.0',
      id: 'x',
      source: '/x',
      type: 'test.counted',
      time: '2026-01-01T00:00:00Z',
      data: { n: 'one' },
    }),
  ],
])('a malformed message (%s) is dropped and logged, never tried again', async (_name, body) => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link, lines } = await namespace.open();
  const got: number[] = [];
  await bus.subscribe(Counted, async ({ data }) => void got.push(data.n), { backoffMs: [10] });
  await link.connection.jetstream().publish(eventSubject(namespace.name, Counted), body);
  await bus.publish(Counted, { n: 2 });

  await eventually(() => expect(got).toEqual([2]));
  expect(lines.filter(({ msg }) => msg === 'dropped a malformed message')).toHaveLength(1);
  const consumer = await (await link.connection.jetstreamManager()).consumers.info(
    eventStream(namespace.name),
    'collector_test_counted',
  );
  await eventually(() => expect(consumer).toMatchObject({ num_ack_pending: 0, num_redelivered: 0 }));
  expect(await stored(link, deadLetterStream(namespace.name))).toEqual([]);
});

test('a slow handler keeps its message, and what waits behind it is not given to it twice', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  const got: number[] = [];
  await bus.subscribe(Counted, async ({ data }) => {
    got.push(data.n);
    // Longer than the server waits for a word about a message.
    await new Promise((resolve) => setTimeout(resolve, data.n === 1 ? 12_000 : 0));
  });
  for (const n of [1, 2, 3]) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual([1, 2, 3]), 20_000);
  const manager = await link.connection.jetstreamManager();
  const info = await manager.consumers.info(eventStream(namespace.name), 'collector_test_counted');
  expect(info.num_redelivered).toBe(0);
}, 30_000);

test('an observer begins with the newest event of its type and sees every one after it', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  for (const n of [1, 2, 3]) await bus.publish(Counted, { n });
  await bus.publish(Named, { name: 'other' });
  const got: number[] = [];
  bus.observe(Counted, ({ data }) => void got.push(data.n));
  await eventually(() => expect(got).toEqual([3]));
  for (const n of [4, 5, 6]) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual([3, 4, 5, 6]));
});

test('an observer whose handler throws goes on with the next event', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines } = await namespace.open();
  const got: number[] = [];
  bus.observe(Counted, ({ data }) => {
    if (data.n === 1) throw new Error('not this one');
    got.push(data.n);
  });
  await bus.publish(Counted, { n: 0 });
  await eventually(() => expect(got).toEqual([0]));
  for (const n of [1, 2]) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual([0, 2]));
  expect(lines.map(({ msg }) => msg)).toContain('an observer could not use a message');
});

test('whoever observes everything sees every type since the given time', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  await bus.publish(Counted, { n: 1 });
  const types: string[] = [];
  bus.observeAll(new Date(Date.now() - 60_000), (envelope) => void types.push(envelope.type));
  await bus.publish(Named, { name: 'a' });
  await eventually(() => expect(types).toEqual(['test.counted', 'test.named']));
});

test('two namespaces on one server do not see each other', async () => {
  await using here = testNamespace(natsUrl);
  await using there = testNamespace(natsUrl, `${here.name}-2`);
  const [ours, theirs] = [await here.open(), await there.open()];
  const got: string[] = [];
  await ours.bus.subscribe(Named, async ({ data }) => void got.push(data.name));
  ours.bus.observe(Named, ({ data }) => void got.push(data.name));
  await theirs.bus.publish(Named, { name: 'theirs' });
  await theirs.bus.document('settings').write({ of: 'them' }, 0);
  await ours.bus.publish(Named, { name: 'ours' });
  await eventually(() => expect(got).toEqual(['ours', 'ours']));
  expect(await ours.bus.document('settings').read()).toBeNull();
});
