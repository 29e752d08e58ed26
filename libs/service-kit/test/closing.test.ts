import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { answer } from '../src/index.ts';
import { openLog } from '../src/log.ts';
import { Add, Counted } from './support/contracts.ts';
import { ownNats } from './support/own-nats.ts';
import { type TestService, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');
const silent = openLog({ level: 'silent', service: 'test' });

/** A gate a handler waits at. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return {
    wait: () => {
      arrived++;
      return promise;
    },
    open: resolve,
    arrived: () => arrived,
  };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await work;
  return Date.now() - begin;
}

/** Everything a service can have open at once. */
async function openEverything(service: TestService, handler: () => Promise<void>) {
  await service.bus.subscribe(Counted, handler);
  service.bus.observe(Counted, () => {});
  service.bus.observeAll(new Date(), () => {});
  service.bus.document('settings').watch(() => {}, service.scope.signal, silent);
  await service.bus.serve([answer(Add, async ({ a, b }) => ({ sum: a + b }))]);
}

test('an event in hand is handled to its end and acknowledged, with what was opened before still open', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open('notifier');
  const door = gate();
  const steps: string[] = [];
  service.scope.use('what the handler needs', () => void steps.push('its needs closed'));
  await service.bus.subscribe(Counted, async () => {
    await door.wait();
    steps.push('handled');
  });
  await service.bus.publish(Counted, { n: 1 });
  await eventually(() => expect(door.arrived()).toBe(1));
  const closed = service.scope.close();
  setTimeout(door.open, 200);
  await closed;
  expect(steps).toEqual(['handled', 'its needs closed']);

  const next = await namespace.open('notifier');
  const again: number[] = [];
  await next.bus.subscribe(Counted, async ({ data }) => void again.push(data.n));
  await next.bus.publish(Counted, { n: 2 });
  await eventually(() => expect(again).toEqual([2]));
});

test('a request in hand is answered, and one that comes later is refused as by a service that does not run', async () => {
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  const door = gate();
  await answerer.bus.serve([
    answer(Add, async ({ a, b }) => {
      await door.wait();
      return { sum: a + b };
    }),
  ]);
  await answerer.link.connection.flush();
  const early = asker.bus.ask(Add, { a: 1, b: 1 });
  await eventually(() => expect(door.arrived()).toBe(1));
  const closed = answerer.scope.close();
  await eventually(async () =>
    expect(await asker.bus.ask({ ...Add, timeoutMs: 200 }, { a: 2, b: 2 })).toMatchObject({
      error: { message: 'recommender is not running' },
    }),
  );
  door.open();
  expect(await early).toEqual({ ok: true, value: { sum: 2 } });
  await closed;
});

test('an event that is published again and again is taken by the other replica as soon as one closes', async () => {
  await using namespace = testNamespace(natsUrl);
  const got: number[] = [];
  const [one, two] = [await namespace.open('notifier'), await namespace.open('notifier')];
  for (const replica of [one, two]) await replica.bus.subscribe(Counted, async ({ data }) => void got.push(data.n));
  const { bus } = await namespace.open();
  for (let n = 0; n < 60; n++) {
    if (n === 20) void one.scope.close();
    await bus.publish(Counted, { n });
  }
  await eventually(() => expect(new Set(got).size).toBe(60), { withinMs: 15_000 });
});

test('a handler that never ends holds up closing for two seconds, not for ever', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open('recommender');
  const door = gate();
  await openEverything(service, door.wait);
  await service.bus.publish(Counted, { n: 1 });
  await eventually(() => expect(door.arrived()).toBe(1));
  expect(await timed(service.scope.close())).toBeLessThan(10_000);
});

test('closing with nothing in hand takes no time', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open('recommender');
  await openEverything(service, async () => {});
  expect(await timed(service.scope.close())).toBeLessThan(1900);
});

test.each(['idle', 'busy'] as const)(
  'closing ends in time when the server is gone and the service is %s',
  async (how) => {
    await using nats = await ownNats();
    const service = await nats.namespace.open('recommender');
    const door = gate();
    await openEverything(service, door.wait);
    if (how === 'busy') {
      await service.bus.publish(Counted, { n: 1 });
      await eventually(() => expect(door.arrived()).toBe(1));
    }
    await nats.server.kill();
    await eventually(() => expect(service.link.isUp()).toBe(false));
    expect(await timed(service.scope.close())).toBeLessThan(how === 'busy' ? 3000 : 1000);
  },
);
