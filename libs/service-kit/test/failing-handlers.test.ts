import { eventSubject } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { deadLetterStream, eventStream } from '../src/bus/streams.ts';
import { Counted, Named } from './support/contracts.ts';
import { stored, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

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
  await eventually(() => expect(good).toEqual([100]), { withinMs: 5000 });
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

test('a message that ends every process that tries it lands among the dead letters, untried', async () => {
  await using namespace = testNamespace(natsUrl);
  const first = await namespace.open('notifier');
  await first.bus.subscribe(Counted, async () => {});
  await first.scope.close();
  const { bus, link } = await namespace.open();
  await bus.publish(Counted, { n: 1 });
  const consumer = await link.connection
    .jetstream()
    .consumers.get(eventStream(namespace.name), 'notifier_test_counted');
  for (let delivery = 0; delivery < 5; delivery++) (await consumer.next({ expires: 2000 }))?.nak();

  const tried: number[] = [];
  const second = await namespace.open('notifier');
  await second.bus.subscribe(Counted, async ({ data }) => void tried.push(data.n), { triesMax: 2 });
  const [letter] = await eventually(async () => {
    const letters = await stored(link, deadLetterStream(namespace.name));
    expect(letters).toHaveLength(1);
    return letters;
  });
  expect(letter?.body).toMatchObject({ tries: 6, reason: expect.stringContaining('no try of it came to an end') });
  expect(tried).toEqual([]);
});

test('a dead letter about a message of a megabyte still fits into the stream', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  await bus.subscribe(Named, () => Promise.reject(new Error('too long a name')), { triesMax: 1 });
  const envelope = { specversion: '1.0', id: 'x', source: '/x', type: 'test.named', time: '2026-01-01T00:00:00Z' };
  const body = JSON.stringify({ ...envelope, data: { name: '"'.repeat(500_000) } });
  await link.connection.jetstream().publish(eventSubject(namespace.name, Named), body);
  await eventually(async () => expect(await stored(link, deadLetterStream(namespace.name))).toHaveLength(1));
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
  await eventually(() => expect(got).toEqual([1, 2, 3]), { withinMs: 20_000 });
  const manager = await link.connection.jetstreamManager();
  const info = await manager.consumers.info(eventStream(namespace.name), 'collector_test_counted');
  expect(info.num_redelivered).toBe(0);
});
