import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { Packed, packChecked } from '../src/bus/packed.ts';
import { answer } from '../src/index.ts';
import { Counted, List, Listed } from './support/contracts.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

const entriesOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`key ${n}`, { n, text: `\n"{[${n}` }]));
/** As it comes from another thread: bytes are bytes. */
const handedOver = <S extends Parameters<typeof packChecked>[1]>({ body }: Packed<S>) =>
  new Packed<S>(typeof body === 'string' ? body : new Uint8Array(body));

describe.each([
  ['a few entries', 3],
  ['many entries', 3000],
])('data that was packed before, %s', (_, count) => {
  const entries = entriesOf(count);

  test('is told, and read again here', async () => {
    await using namespace = testNamespace(natsUrl);
    const { bus } = await namespace.open();
    const got: unknown[] = [];
    bus.observe(Listed, ({ data }) => void got.push(data));
    const packed = handedOver(await packChecked('listed', Listed.schema, { entries }));
    await bus.publish(Listed, packed);
    await eventually(() => expect(got).toEqual([{ entries }]));
    expect(await packed.read(Listed.schema)).toEqual({ entries });
  });

  test('is an answer', async () => {
    await using namespace = testNamespace(natsUrl);
    const { bus } = await namespace.open('recommender');
    const list = { name: 'all', entries: entriesOf(count) };
    const packed = await packChecked('list', List.reply, list);
    await bus.serve([answer(List, async () => handedOver(packed))]);
    const numbers = Object.entries(list.entries).map(([key, { n }]) => [key, { n }]);
    const value = { name: 'all', entries: Object.fromEntries(numbers) };
    expect(await bus.ask(List, { count })).toEqual({ ok: true, value });
  });
});

test('a large text packed before travels by claim, as it would otherwise', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  const ballast = randomBytes(100_000).toString('hex');
  const got: unknown[] = [];
  bus.observe(Counted, ({ data }) => void got.push(data));
  await bus.publish(Counted, await packChecked('counted', Counted.schema, { n: 1, ballast }));
  await eventually(() => expect(got).toEqual([{ n: 1, ballast }]));
});

test('what breaks its contract is not packed, and the place is named', async () => {
  const entries = { ...entriesOf(3000), last: { n: 0.5, text: '' } };
  await expect(packChecked('listed', Listed.schema, { entries })).rejects.toThrow(/^listed: entries\.last\.n/);
});

test('an observer is not told what it does not want, and its data is not fetched', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines } = await namespace.open();
  const got: unknown[] = [];
  bus.observe(
    Listed,
    ({ id }) => void got.push(id),
    ({ id }) => id !== 'own',
  );
  const { bus: publishing } = await namespace.open();
  await publishing.publish(Listed, { entries: entriesOf(3000) }, { id: 'first' });
  await eventually(() => expect(got).toEqual(['first']));
  await publishing.publish(Listed, { entries: entriesOf(3000) }, { id: 'own' });
  await publishing.publish(Listed, { entries: {} }, { id: 'last' });
  await eventually(() => expect(got).toEqual(['first', 'last']));
  expect(lines.map(({ msg }) => msg)).not.toContain('an observer could not use a message');
});
