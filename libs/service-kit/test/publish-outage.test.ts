import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { eventStream } from '../src/bus/streams.ts';
import { publish } from './support/counting.ts';
import { ownNats } from './support/own-nats.ts';
import { stored } from './support/test-bus.ts';

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
  expect(Date.now() - begin).toBeLessThan(20_000);
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
