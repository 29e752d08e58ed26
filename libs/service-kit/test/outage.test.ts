import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { eventStream } from '../src/bus/streams.ts';
import { Counted } from './support/contracts.ts';
import { publish, read } from './support/counting.ts';
import { ownNats } from './support/own-nats.ts';

const recovery = { withinMs: 5000 };

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
      if ((await during) === 'ok') confirmed.push(10 * round + 2);
      for (const n of [3, 4].map((it) => 10 * round + it)) {
        expect(await publish(writer, n)).toBe('ok');
        confirmed.push(n);
      }
      await eventually(() => expect([...new Set(got)].toSorted((a, b) => a - b)).toEqual(confirmed), recovery);
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
    // More than were there before, and before the reader had time to find its place again.
    for (const n of [2, 3, 4, 5]) expect(await publish(writer, n)).toBe('ok');
    await eventually(() => expect(got).toEqual([1, 2, 3, 4, 5]), recovery);
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
  await eventually(() => expect(got).toEqual([1, 2, 3]), recovery);
});
