import { rpcSubject } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { Add } from './support/contracts.ts';
import { pair } from './support/pair.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

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
