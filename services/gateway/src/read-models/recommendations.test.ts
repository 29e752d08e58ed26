import type { Generation } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aGeneration } from '../../../../tests/support/nouns.ts';
import { followRecommendations } from './recommendations.ts';

const made = (seconds: number) =>
  aGeneration({ generated_at: new Date(Date.UTC(2026, 1, 8, 12, 0, seconds)).toISOString() });

function stage() {
  let handle: (event: { data: Generation }) => unknown = () => undefined;
  const clock = { ms: 0 };
  const bus = {
    observe(_contract: unknown, handler: (event: never) => unknown) {
      handle = handler as typeof handle;
    },
  };
  return { clock, model: followRecommendations(bus, () => clock.ms), tell: (data: Generation) => handle({ data }) };
}

test('the last one told counts, whatever the clocks say', () => {
  const { model, tell } = stage();
  expect(() => model.get()).toThrow('no recommendations yet');
  tell(made(50));
  tell(made(20));
  expect(model.get()).toMatchObject(made(20));
});

test('one that was asked for here is not replaced by one that was told before it', () => {
  const { model, tell } = stage();
  model.put(made(30));
  tell(made(20));
  expect(model.get()).toMatchObject(made(30));
  tell(made(30));
  tell(made(25));
  expect(model.get()).toMatchObject(made(25));
});

test('one that was asked for here yields after a while, should its event have got lost', () => {
  const { model, tell, clock } = stage();
  model.put(made(30));
  clock.ms += 5001;
  tell(made(20));
  expect(model.get()).toMatchObject(made(20));
});

test('an answer is made once for each generation', async () => {
  const { model, tell } = stage();
  expect(() => model.prepared('a', () => 1)).toThrow('no recommendations yet');
  tell(made(1));
  const answer = () => model.prepared('a', ({ generated_at }) => generated_at);
  const first = await answer();
  expect(await answer()).toBe(first);
  tell(made(2));
  expect((await answer()).etag).not.toBe(first.etag);
});

test('an answer says how old its snapshot is, to ten seconds', async () => {
  const { model, tell, clock } = stage();
  const collected = Date.UTC(2026, 1, 8, 12);
  tell(aGeneration({ snapshot_collected_at: new Date(collected).toISOString() }));
  const age = async (seconds: number) => {
    clock.ms = collected + seconds * 1000;
    const { body } = await model.prepared('a', ({ snapshot_age_seconds }) => ({ age: snapshot_age_seconds }));
    return JSON.parse(body.toString()).age;
  };
  expect([await age(-5), await age(9), await age(11), await age(19), await age(75)]).toEqual([0, 0, 10, 10, 70]);
});
