import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { eventStream } from '../src/bus/streams.ts';
import { Counted, Named } from './support/contracts.ts';
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

test('data that breaks its contract is told to whoever publishes it', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  await expect(bus.publish(Counted, { n: 1.5 })).rejects.toThrow(/^test.counted: n: /);
  expect(await stored(link, eventStream(namespace.name))).toEqual([]);
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
