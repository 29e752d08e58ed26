import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { eventStream } from '../src/bus/streams.ts';
import { openCable } from './support/cable.ts';
import { Counted } from './support/contracts.ts';
import { publish, read } from './support/counting.ts';
import { ownNats } from './support/own-nats.ts';
import { testNamespace } from './support/test-bus.ts';

const recovery = { withinMs: 5000 };

/** A server on this port that lets nobody in; resolves when it has turned so many away, and is gone then. */
async function refuseEveryone(port: number, times: number): Promise<void> {
  let refused = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(
      'INFO {"server_id":"X","version":"2.9.10","headers":true,"max_payload":1048576,"auth_required":true}\r\n',
    );
    socket.once('data', () => {
      refused++;
      socket.end("-ERR 'Authorization Violation'\r\n");
    });
  });
  server.listen(port, '127.0.0.1');
  await eventually(() => expect(refused).toBeGreaterThanOrEqual(times));
  await new Promise((resolve) => server.close(resolve));
}

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
    await eventually(() => expect(got).toEqual([1, 2, 3, 4, 5]), recovery);
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
    kind === 'observer' ? recovery : { withinMs: 15_000 },
  );
  await far.close();
});

test('a server that refuses us for a while is no reason to give up', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  await nats.server.stop();
  await refuseEveryone(nats.server.port, 4);
  await nats.server.restart();
  await eventually(async () => expect(await publish(service, 1)).toBe('ok'));
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
