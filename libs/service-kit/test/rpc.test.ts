import { RefusedError } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { answer } from '../src/index.ts';
import { Add, Subtract } from './support/contracts.ts';
import { ownNats } from './support/own-nats.ts';
import { pair } from './support/pair.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

test('a question is answered', async () => {
  await using namespace = testNamespace(natsUrl);
  const { asker } = await pair(namespace, async ({ a, b }) => ({ sum: a + b }));
  expect(await asker.bus.ask(Add, { a: 2, b: 3 })).toEqual({ ok: true, value: { sum: 5 } });
});

test('when nobody answers, the refusal names the service, at once', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open('gateway');
  const took: number[] = [];
  for (let round = 0; round < 5; round++) {
    const begin = Date.now();
    expect(await bus.ask(Add, { a: 2, b: 3 })).toEqual({
      ok: false,
      error: { code: 'service-unavailable', message: 'recommender is not running' },
    });
    took.push(Date.now() - begin);
  }
  // The machine may be busy; the wait itself is none.
  expect(Math.min(...took)).toBeLessThan(2000);
});

test('an answer that takes too long is a refusal that names the service', async () => {
  await using namespace = testNamespace(natsUrl);
  const { asker } = await pair(namespace, () => new Promise(() => {}));
  const outcome = await asker.bus.ask({ ...Add, timeoutMs: 100 }, { a: 1, b: 1 });
  expect(outcome).toEqual({
    ok: false,
    error: { code: 'service-unavailable', message: 'recommender did not answer within 100 ms' },
  });
});

test('a refusal arrives as it was thrown', async () => {
  await using namespace = testNamespace(natsUrl);
  const details = [{ path: 'a', message: 'is taken' }];
  const { asker } = await pair(namespace, async () => {
    throw new RefusedError('conflict', 'already added', details);
  });
  const outcome = await asker.bus.ask(Add, { a: 1, b: 1 });
  expect(outcome).toEqual({ ok: false, error: { code: 'conflict', message: 'already added', details } });
});

test('whoever serves is heard from the moment it says so', async () => {
  await using namespace = testNamespace(natsUrl);
  const asker = await namespace.open('gateway');
  for (let round = 0; round < 20; round++) {
    const { bus } = await namespace.open('recommender');
    const stop = await bus.serve([answer(Add, async ({ a, b }) => ({ sum: a + b }))]);
    expect(await asker.bus.ask(Add, { a: 2, b: 3 })).toMatchObject({ ok: true });
    await stop();
  }
});

test('two replicas share the requests, and each is answered once', async () => {
  await using namespace = testNamespace(natsUrl);
  const asker = await namespace.open('gateway');
  const handled: string[] = [];
  for (const by of ['one', 'two']) {
    const { bus, link } = await namespace.open('recommender');
    await bus.serve([
      answer(Add, async ({ a, b }) => {
        handled.push(by);
        return { sum: a + b, by };
      }),
      answer(Subtract, async ({ a, b }) => ({ difference: a - b })),
    ]);
    await link.connection.flush();
  }
  const outcomes = await Promise.all(Array.from({ length: 60 }, (_, a) => asker.bus.ask(Add, { a, b: 0 })));
  expect(outcomes.map((it) => it.ok && it.value.sum)).toEqual(Array.from({ length: 60 }, (_, a) => a));
  expect(handled).toHaveLength(60);
  expect(new Set(handled)).toEqual(new Set(['one', 'two']));
  expect(await asker.bus.ask(Subtract, { a: 5, b: 3 })).toEqual({ ok: true, value: { difference: 2 } });
});

test('while the server is gone, asking refuses at once; answers come again after it is back', async () => {
  await using nats = await ownNats();
  const { asker } = await pair(nats.namespace, async ({ a, b }) => ({ sum: a + b }));
  await nats.server.kill();
  await eventually(() => expect(asker.link.isUp()).toBe(false));
  const begin = Date.now();
  expect(await asker.bus.ask(Add, { a: 1, b: 1 })).toMatchObject({ ok: false, error: { code: 'broker-unavailable' } });
  expect(Date.now() - begin).toBeLessThan(2000);

  await nats.server.restart();
  await eventually(async () => expect(await asker.bus.ask(Add, { a: 1, b: 1 })).toMatchObject({ ok: true }), {
    withinMs: 5000,
  });
});

test('a question under way when the server goes blames the server, not the service', async () => {
  await using nats = await ownNats();
  let isAsked = false;
  const { asker } = await pair(nats.namespace, () => {
    isAsked = true;
    return new Promise(() => {});
  });
  const outcome = asker.bus.ask({ ...Add, timeoutMs: 2000 }, { a: 1, b: 1 });
  await eventually(() => expect(isAsked).toBe(true));
  await nats.server.kill();
  expect(await outcome).toMatchObject({ ok: false, error: { code: 'broker-unavailable' } });
});

test('whoever works on an answer hears that nobody waits for it any more', async () => {
  await using namespace = testNamespace(natsUrl);
  const heard: string[] = [];
  const { asker, answerer } = await pair(namespace, async ({ a }, { signal }) => {
    heard.push(`asked ${a}`);
    if (a === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    heard.push(`aborted: ${signal.aborted}`);
    return { sum: a };
  });
  const gone = new AbortController();
  const first = asker.bus.ask(Add, { a: 1, b: 1 }, { signal: gone.signal });
  await eventually(() => expect(heard).toEqual(['asked 1']));
  await answerer.link.connection.flush();
  gone.abort();
  expect(await first).toMatchObject({ ok: true });
  await asker.bus.ask(Add, { a: 2, b: 1 });
  expect(heard).toEqual(['asked 1', 'aborted: true', 'asked 2', 'aborted: false']);
});
