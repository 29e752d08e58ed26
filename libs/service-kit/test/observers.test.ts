import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { Counted, Named } from './support/contracts.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

test('an observer begins with the newest event of its type and sees every one after it', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  for (const n of [1, 2, 3]) await bus.publish(Counted, { n });
  await bus.publish(Named, { name: 'other' });
  const got: number[] = [];
  bus.observe(Counted, ({ data }) => void got.push(data.n));
  await eventually(() => expect(got).toEqual([3]));
  for (const n of [4, 5, 6]) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual([3, 4, 5, 6]));
});

test('an observer whose handler throws goes on with the next event', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines } = await namespace.open();
  const got: number[] = [];
  bus.observe(Counted, ({ data }) => {
    if (data.n === 1) throw new Error('not this one');
    got.push(data.n);
  });
  await bus.publish(Counted, { n: 0 });
  await eventually(() => expect(got).toEqual([0]));
  for (const n of [1, 2]) await bus.publish(Counted, { n });
  await eventually(() => expect(got).toEqual([0, 2]));
  expect(lines.map(({ msg }) => msg)).toContain('an observer could not use a message');
});

test('whoever observes the events of one noun is not troubled with others', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  const types: string[] = [];
  bus.observeAll(new Date(Date.now() - 60_000), (envelope) => void types.push(envelope.type), 'test');
  bus.observeAll(new Date(Date.now() - 60_000), (envelope) => void types.push(envelope.type), 'other');
  await bus.publish(Counted, { n: 1 });
  await eventually(() => expect(types).toEqual(['test.counted']));
});

test('whoever observes everything sees every type since the given time', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus } = await namespace.open();
  await bus.publish(Counted, { n: 1 });
  const types: string[] = [];
  bus.observeAll(new Date(Date.now() - 60_000), (envelope) => void types.push(envelope.type));
  await bus.publish(Named, { name: 'a' });
  await eventually(() => expect(types).toEqual(['test.counted', 'test.named']));
});
