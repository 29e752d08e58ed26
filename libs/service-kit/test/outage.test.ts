import { type ErrorCode, RefusedError } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { eventStream } from '../src/bus/streams.ts';
import { openCable } from './support/cable.ts';
import { Counted } from './support/contracts.ts';
import { eventually } from './support/eventually.ts';
import { ownNats } from './support/own-nats.ts';
import { stored, type TestService, testNamespace } from './support/test-bus.ts';

const recoveryMaxMs = 5000;

type Kind = 'subscriber' | 'observer';

/** Collects the numbers that come by, in order. */
async function read(kind: Kind, { bus }: TestService, got: number[]): Promise<void> {
  const handler = async ({ data }: { data: { n: number } }) => void got.push(data.n);
  if (kind === 'subscriber') await bus.subscribe(Counted, handler);
  else bus.observe(Counted, handler);
}

/** `ok`, or the code of the refusal. */
const publish = (service: TestService, n: number): Promise<'ok' | ErrorCode> =>
  service.bus.publish(Counted, { n }, { id: `count-${n}` }).then(
    () => 'ok' as const,
    (error: unknown) => {
      if (error instanceof RefusedError) return error.code;
      throw error;
    },
  );

test.each(['subscriber', 'observer'] as const)(
  'a %s misses nothing when the server is killed and comes back',
  async (kind) => {
    await using nats = await ownNats();
    const [reader, writer] = [await nats.namespace.open('notifier'), await nats.namespace.open('collector')];
    const got: number[] = [];
    await read(kind, reader, got);
    await publish(writer, 1);
    await eventually(() => expect(got).toEqual([1]));

    const confirmed = [1];
    for (let round = 0; round < 3; round++) {
      await nats.server.kill();
      const during = publish(writer, 10 * round + 2);
      await nats.server.restart();
      const back = Date.now();
      if ((await during) === 'ok') confirmed.push(10 * round + 2);
      for (const n of [3, 4].map((it) => 10 * round + it)) {
        expect(await publish(writer, n)).toBe('ok');
        confirmed.push(n);
      }
      await eventually(() => expect([...new Set(got)].toSorted((a, b) => a - b)).toEqual(confirmed), recoveryMaxMs);
      console.info(`${kind}: caught up ${Date.now() - back} ms after the server was back`);
    }
  },
);

test.each(['subscriber', 'observer'] as const)(
  'a %s goes on with a server whose store was wiped, from its first event on',
  async (kind) => {
    await using nats = await ownNats();
    const [reader, writer] = [await nats.namespace.open('notifier'), await nats.namespace.open('collector')];
    const got: number[] = [];
    await read(kind, reader, got);
    await publish(writer, 1);
    await eventually(() => expect(got).toEqual([1]));

    await nats.crashAndForget();
    const back = Date.now();
    // More than were there before, and before the reader had time to find its place again.
    for (const n of [2, 3, 4, 5]) expect(await publish(writer, n)).toBe('ok');
    await eventually(() => expect(got).toEqual([1, 2, 3, 4, 5]), recoveryMaxMs);
    console.info(`${kind}: caught up ${Date.now() - back} ms after the wiped server was back`);
  },
);

test('an observer that has seen nothing yet misses nothing either', async () => {
  await using nats = await ownNats();
  const [reader, writer] = [await nats.namespace.open('notifier'), await nats.namespace.open('collector')];
  const got: number[] = [];
  reader.bus.observe(Counted, async ({ data }) => void got.push(data.n));
  await eventually(async () => {
    const manager = await reader.link.connection.jetstreamManager();
    expect(await manager.consumers.list(eventStream(nats.namespace.name)).next()).toHaveLength(1);
  });
  await nats.crash();
  for (const n of [1, 2, 3]) expect(await publish(writer, n)).toBe('ok');
  await eventually(() => expect(got).toEqual([1, 2, 3]), recoveryMaxMs);
});

test.each(['subscriber', 'observer'] as const)(
  'a %s that comes back late to a wiped server misses nothing of what others published there',
  async (kind) => {
    await using nats = await ownNats();
    await using cable = await openCable(nats.server.url);
    const far = testNamespace(cable.url, nats.namespace.name);
    const [reader, writer] = [await far.open('notifier'), await nats.namespace.open('collector')];
    const got: number[] = [];
    await read(kind, reader, got);
    await publish(writer, 1);
    await eventually(() => expect(got).toEqual([1]));

    cable.cut();
    await nats.crashAndForget();
    for (const n of [2, 3, 4, 5]) expect(await publish(writer, n)).toBe('ok');
    cable.mend();
    await eventually(() => expect(got).toEqual([1, 2, 3, 4, 5]), recoveryMaxMs);
    await far.close();
  },
);

test.each(['subscriber', 'observer'] as const)('a %s gets again what was lost on the way to it', async (kind) => {
  await using nats = await ownNats();
  await using cable = await openCable(nats.server.url);
  const far = testNamespace(cable.url, nats.namespace.name);
  const [reader, writer] = [await far.open('notifier'), await nats.namespace.open('collector')];
  const got: number[] = [];
  await read(kind, reader, got);
  await publish(writer, 1);
  await eventually(() => expect(got).toEqual([1]));

  cable.swallow();
  for (const n of [2, 3]) expect(await publish(writer, n)).toBe('ok');
  cable.cut();
  cable.mend();
  expect(await publish(writer, 4)).toBe('ok');
  await eventually(
    () => expect(new Set(got)).toEqual(new Set([1, 2, 3, 4])),
    kind === 'observer' ? recoveryMaxMs : 15_000,
  );
  await far.close();
});

test('an event published while the server is away is stored once when it comes back in time', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  await publish(service, 1);
  await nats.server.kill();
  const pending = [2, 3, 4].map((n) => publish(service, n));
  await nats.server.restart();
  expect(await Promise.all(pending)).toEqual(['ok', 'ok', 'ok']);
  const ids = (await stored(service.link, eventStream(nats.namespace.name))).map(({ body }) => body.id);
  expect(ids.toSorted()).toEqual(['count-1', 'count-2', 'count-3', 'count-4']);
});

test('an event published while the server stays away is refused after a few seconds, and can be repeated', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  await nats.server.kill();
  const begin = Date.now();
  expect(await publish(service, 1)).toBe('broker-unavailable');
  expect(Date.now() - begin).toBeLessThan(7000);
  await nats.server.restart();
  expect(await publish(service, 1)).toBe('ok');
  expect(await stored(service.link, eventStream(nats.namespace.name))).toHaveLength(1);
});

test('what was confirmed is stored exactly once, however often the server is killed under load', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  const confirmed: string[] = [];
  let n = 0;
  let isOver = false;
  const writer = async () => {
    while (!isOver) {
      const id = n++;
      if ((await publish(service, id)) === 'ok') confirmed.push(`count-${id}`);
    }
  };
  const writers = Promise.all([writer(), writer(), writer()]);
  for (let round = 1; round <= 3; round++) {
    await eventually(() => expect(confirmed.length).toBeGreaterThan(round * 100));
    await nats.crash();
  }
  isOver = true;
  await writers;
  const ids = (await stored(service.link, eventStream(nats.namespace.name))).map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(confirmed.filter((id) => !ids.includes(id))).toEqual([]);
});

test('a large event is fetched when the server is back, not passed over', async () => {
  await using nats = await ownNats();
  const [reader, writer] = [await nats.namespace.open('notifier'), await nats.namespace.open('collector')];
  const got: number[] = [];
  reader.bus.observe(Counted, async ({ data }) => {
    got.push(data.n);
    if (data.n === 1) await nats.server.kill();
  });
  await publish(writer, 0);
  await eventually(() => expect(got).toEqual([0]));
  const ballast = 'x'.repeat(200_000);
  for (const n of [1, 2, 3]) await writer.bus.publish(Counted, { n, ballast }).catch(() => undefined);
  await eventually(() => expect(got).toContain(1));
  await nats.server.restart();
  for (const n of [2, 3]) await writer.bus.publish(Counted, { n, ballast });
  await eventually(() => expect(new Set(got)).toEqual(new Set([0, 1, 2, 3])));
});

test('a durable consumer that somebody removed is made again and goes on where it stood', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  const got: number[] = [];
  await service.bus.subscribe(Counted, async ({ data }) => void got.push(data.n));
  await publish(service, 1);
  await eventually(() => expect(got).toEqual([1]));
  const manager = await service.link.connection.jetstreamManager();
  await manager.consumers.delete(eventStream(nats.namespace.name), 'collector_test_counted');
  await publish(service, 2);
  await eventually(() => expect(got).toContain(2));
});
