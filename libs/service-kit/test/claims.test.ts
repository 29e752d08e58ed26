import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { eventStream } from '../src/bus/streams.ts';
import { answer } from '../src/index.ts';
import { Add, Counted, fiveMegabytes, List, Listed } from './support/contracts.ts';
import { stored, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

/** Names of the payloads that the object store still holds. */
async function kept(service: Awaited<ReturnType<ReturnType<typeof testNamespace>['open']>>, namespace: string) {
  const store = await service.link.connection.jetstream().views.os(`${namespace}-claims`);
  return (await store.list()).map(({ name }) => name);
}

test('an event of five megabytes arrives, and the stream holds only a reference to it', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open();
  const ballast = fiveMegabytes();
  const got: string[] = [];
  await service.bus.subscribe(Counted, async ({ data }) => void got.push(`subscriber ${data.ballast === ballast}`));
  service.bus.observe(Counted, ({ data }) => void got.push(`observer ${data.ballast === ballast}`));
  await service.bus.publish(Counted, { n: 1, ballast });

  await eventually(() => expect(got.toSorted()).toEqual(['observer true', 'subscriber true']));
  const [message] = await stored(service.link, eventStream(namespace.name));
  expect(message?.size).toBeLessThan(1000);
  expect(message?.body).toMatchObject({ dataref: expect.stringMatching(/^test\.counted\./) });
  expect(message?.body).not.toHaveProperty('data');
});

test('large data is read once for all who read it in one process, entry by entry', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open();
  const entries = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key ${n}`, { n, text: `\n"{[${n}` }]));
  const got: unknown[] = [];
  await service.bus.subscribe(Listed, async ({ data }) => void got.push(data.entries));
  service.bus.observe(Listed, ({ data }) => void got.push(data.entries));
  await service.bus.publish(Listed, { entries });
  await eventually(() => expect(got).toHaveLength(2));
  expect(got[0]).toEqual(entries);
  expect(got[0]).toBe(got[1]);
});

test('data that breaks its contract in one of many entries is not told, and the entry is named', async () => {
  await using namespace = testNamespace(natsUrl);
  const service = await namespace.open();
  const entries = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [String(n), { n, text: '' }]));
  const broken = { ...entries, 2999: { n: 0.5, text: '' } };
  await expect(service.bus.publish(Listed, { entries: broken })).rejects.toThrow(/entries\.2999\.n/);
});

test('a question and an answer of five megabytes arrive, and nothing of them stays behind', async () => {
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  await answerer.bus.serve([answer(Add, async ({ a, b, ballast }) => ({ sum: a + b, ballast: `${ballast}!` }))]);
  const ballast = fiveMegabytes();
  const outcome = await asker.bus.ask(Add, { a: 1, b: 2, ballast });
  expect(outcome).toEqual({ ok: true, value: { sum: 3, ballast: `${ballast}!` } });

  await eventually(async () => expect(await kept(asker, namespace.name)).toEqual([]));
  expect(await stored(asker.link, eventStream(namespace.name))).toEqual([]);
});

test.each([10, 201, 40_000])(
  'an answer of %i entries arrives as it was given, and nothing of it stays behind',
  async (count) => {
    await using namespace = testNamespace(natsUrl);
    const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
    const entries = Object.fromEntries(Array.from({ length: count }, (_, n) => [`entry ${n} ${Math.random()}`, { n }]));
    await answerer.bus.serve([answer(List, async () => ({ name: 'all', entries }))]);
    await answerer.link.connection.flush();
    expect(await asker.bus.ask(List, { count })).toEqual({ ok: true, value: { name: 'all', entries } });
    await eventually(async () => expect(await kept(asker, namespace.name)).toEqual([]));
  },
);

test('an answer that breaks its contract in one of many entries is an internal refusal', async () => {
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  const entries = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`${n}`, { n: n === 2999 ? 0.5 : n }]));
  await answerer.bus.serve([answer(List, async () => ({ name: 'all', entries }))]);
  await answerer.link.connection.flush();
  const refused = { ok: false, error: { code: 'internal', message: 'recommender gave a malformed answer' } };
  expect(await asker.bus.ask(List, { count: 1 })).toEqual(refused);
});

test('many large answers at once all arrive', async () => {
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  await answerer.bus.serve([answer(Add, async ({ a, b }) => ({ sum: a + b, ballast: 'x'.repeat(100_000) }))]);
  // Known to the server before the other connection asks.
  await answerer.link.connection.flush();
  const outcomes = await Promise.all(Array.from({ length: 80 }, (_, a) => asker.bus.ask(Add, { a, b: 1 })));
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
});

test('an event whose payload is no longer kept is passed over, and the next one arrives', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines, link } = await namespace.open();
  await bus.publish(Counted, { n: 1, ballast: 'x'.repeat(100_000) });
  const store = await link.connection.jetstream().views.os(`${namespace.name}-claims`);
  for (const { name } of await store.list()) await store.delete(name);
  const got: number[] = [];
  await bus.subscribe(Counted, async ({ data }) => void got.push(data.n), { from: 'last' });
  await bus.publish(Counted, { n: 2 });
  await eventually(() => expect(got).toEqual([2]));
  expect(lines.map(({ msg }) => msg)).toContain('skipped a message older than its payload');
});

test('a store of payloads that was removed under way is made anew', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, link } = await namespace.open();
  await bus.publish(Counted, { n: 1, ballast: 'x'.repeat(100_000) });
  await (await link.connection.jetstreamManager()).streams.delete(`OBJ_${namespace.name}-claims`);
  await bus.publish(Counted, { n: 2, ballast: 'y'.repeat(100_000) });
  const got: number[] = [];
  bus.observe(Counted, ({ data }) => void got.push(data.n));
  await eventually(() => expect(got).toEqual([2]));
});
