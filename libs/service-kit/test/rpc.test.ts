import { RefusedError, rpcSubject } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { answer, inSpan, traceCarrier, withContext } from '../src/index.ts';
import { startTracing } from '../src/trace.ts';
import { Add, Counted, Subtract } from './support/contracts.ts';
import { eventually } from './support/eventually.ts';
import { ownNats } from './support/own-nats.ts';
import { type TestNamespace, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

/** A gateway that asks and a recommender that answers `Add` with `handle`. */
async function pair(namespace: TestNamespace, handle: Parameters<typeof answer<typeof Add>>[1]) {
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  await answerer.bus.serve([answer(Add, handle)]);
  await answerer.link.connection.flush();
  return { asker, answerer };
}

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
  expect(Math.min(...took)).toBeLessThan(200);
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

test.each([
  [
    'throws',
    () => {
      throw new Error('cannot reach redis://:hunter2@host');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('cannot reach redis://:hunter2@host');
    },
  ],
  [
    'throws what is no error',
    () => {
      throw 'hunter2';
    },
  ],
  ['answers what is no JSON', async () => ({ sum: 1n as unknown as number })],
])('a handler that %s is an internal refusal; its words and its stack stay in the log', async (_name, handle) => {
  await using namespace = testNamespace(natsUrl);
  const { asker, answerer } = await pair(namespace, handle);
  const outcome = await asker.bus.ask(Add, { a: 1, b: 1 });
  expect(outcome).toMatchObject({
    ok: false,
    error: { code: 'internal', message: expect.stringContaining('recommender') },
  });
  expect(JSON.stringify(outcome)).not.toMatch(/hunter2|\.ts:|stack/);
  expect(answerer.lines.map(({ msg }) => msg)).toContain('rpc handler failed');
});

test('a malformed request is refused with the paths of what is wrong', async () => {
  await using namespace = testNamespace(natsUrl);
  const { asker } = await pair(namespace, async () => ({ sum: 0 }));
  const outcome = await asker.bus.ask(Add, { a: 'one' as unknown as number, b: 1.5 });
  expect(outcome).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', details: [{ path: 'a' }, { path: 'b' }] },
  });
});

test.each([
  ['no JSON', 'oh no'],
  ['nothing', ''],
  ['null', 'null'],
])('a request that is %s is refused, and the next one answered', async (_name, body) => {
  await using namespace = testNamespace(natsUrl);
  const { asker } = await pair(namespace, async ({ a, b }) => ({ sum: a + b }));
  const answered = await asker.link.connection.request(rpcSubject(namespace.name, Add), body);
  expect(answered.json()).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
  expect(await asker.bus.ask(Add, { a: 1, b: 1 })).toEqual({ ok: true, value: { sum: 2 } });
});

test.each([
  ['no JSON', 'oh no'],
  ['null', 'null'],
  ['a value of the wrong shape', '{"ok":true,"value":{"sum":"three"}}'],
  ['a code nobody knows', '{"ok":false,"error":{"code":"toString","message":"?"}}'],
])('an answer that is %s is an internal refusal', async (_name, body) => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open('gateway');
  link.connection.subscribe(rpcSubject(namespace.name, Add), {
    callback: (_error, message) => void message.respond(body),
  });
  expect(await bus.ask(Add, { a: 1, b: 1 })).toMatchObject({ ok: false, error: { code: 'internal' } });
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
  expect(Date.now() - begin).toBeLessThan(100);

  await nats.server.restart();
  await eventually(async () => expect(await asker.bus.ask(Add, { a: 1, b: 1 })).toMatchObject({ ok: true }), 5000);
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

test('request id and trace go from a question to the log, to events it causes, and to whoever handles those', async () => {
  const endTracing = startTracing(undefined);
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer, reader] = [
    await namespace.open('gateway'),
    await namespace.open('recommender'),
    await namespace.open('notifier'),
  ];
  const log = (line: string, lines: unknown[]) => lines.push({ line, trace: traceCarrier().traceparent?.slice(0, 35) });
  const seen: unknown[] = [];
  await reader.bus.subscribe(Counted, async () => void log('handled', seen));
  await answerer.bus.serve([
    answer(Add, async ({ a, b }) => {
      log('answered', seen);
      await answerer.bus.publish(Counted, { n: a + b });
      throw new Error('to leave a line in the log');
    }),
  ]);
  await answerer.link.connection.flush();
  const trace = `00-${'ab'.repeat(16)}`;
  await withContext({ request_id: 'req-1' }, () =>
    inSpan('test', { traceparent: `${trace}-${'cd'.repeat(8)}-01` }, () => asker.bus.ask(Add, { a: 1, b: 1 })),
  );
  await eventually(() =>
    expect(seen).toEqual([
      { line: 'answered', trace },
      { line: 'handled', trace },
    ]),
  );
  expect(answerer.lines.find(({ msg }) => msg === 'rpc handler failed')).toMatchObject({
    request_id: 'req-1',
    trace_id: 'ab'.repeat(16),
  });
  await endTracing();
});

test('a handler that fails logs the ids of the message it came with', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines } = await namespace.open();
  await bus.subscribe(
    Counted,
    async () => {
      throw new Error('no');
    },
    { triesMax: 2, backoffMs: [60_000] },
  );
  await withContext({ request_id: 'req-2' }, () => bus.publish(Counted, { n: 1 }, { id: 'message-2' }));
  await eventually(() =>
    expect(lines.find(({ msg }) => msg === 'handler failed, will be tried again')).toMatchObject({
      request_id: 'req-2',
      message_id: 'message-2',
    }),
  );
});
