import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinSameBucket } from './aggregate.ts';
import type { RawSample } from './fields.ts';
import { openSampler, type Sampler } from './sampler.ts';
import { bucketOf, rawTier } from './tiers.ts';

/** One look at one guest; gives the samples that ended before it. */
const look = (sampler: Sampler, at: number, values: number[], place = 3) => {
  const ended = [...sampler.turnTo(at)].map(([, sample]) => sample);
  sampler.add('100', { place, values });
  return ended;
};

test('a bucket is handed out once it is over, with the mean of what was seen in it', () => {
  const sampler = openSampler('guest');
  expect(look(sampler, 600, [10])).toEqual([]);
  expect(look(sampler, 890, [20])).toEqual([]);
  const missing = [NaN, NaN, NaN, NaN, NaN];
  expect(look(sampler, 900, [99])).toEqual([{ at: 600, place: 3, count: 2, values: [15, ...missing] }]);
});

test('a guest that is not seen any more ends with its last bucket', () => {
  const sampler = openSampler('guest');
  look(sampler, 600, [10]);
  expect(sampler.turnTo(900).ids).toEqual(['100']);
  expect(sampler.turnTo(1200).ids).toEqual([]);
});

test('a pause of the collector leaves a gap, not a stretched bucket', () => {
  const sampler = openSampler('node');
  look(sampler, 60, [10]);
  expect(look(sampler, 6000, [20]).map(({ at }) => at)).toEqual([60]);
});

test('a guest that moved is where it was seen last', () => {
  const sampler = openSampler('guest');
  look(sampler, 600, [10], 1);
  look(sampler, 615, [30], 2);
  expect(look(sampler, 900, [10], 2)).toMatchObject([{ place: 2, count: 2, values: [20, NaN, NaN, NaN, NaN, NaN] }]);
});

test('who stops hands out what it has, once', () => {
  const sampler = openSampler('guest');
  look(sampler, 600, [10]);
  expect([...sampler.end()].map(([, { at, count }]) => ({ at, count }))).toEqual([{ at: 600, count: 1 }]);
  expect(sampler.end().ids).toEqual([]);
});

test('a bucket is over whether or not anybody looks again', () => {
  const sampler = openSampler('guest');
  look(sampler, 600, [10]);
  expect(sampler.endBefore(899).ids).toEqual([]);
  expect(sampler.endBefore(900).ids).toEqual(['100']);
  expect(sampler.endBefore(1200).ids).toEqual([]);
});

test('however many there are, each keeps its own', () => {
  const sampler = openSampler('guest');
  sampler.turnTo(600);
  for (let id = 0; id < 1000; id++) sampler.add(String(id), { place: id, values: [id, 0, 0, 0, 0, 0] });
  const ended = [...sampler.end()];
  expect(ended).toHaveLength(1000);
  expect(ended.every(([id, { place, values }]) => values[0] === Number(id) && place === Number(id))).toBe(true);
});

/*
 * Whoever looks, in whichever order the clock has it: joined, the samples of a bucket are the mean of all looks in it.
 */
const looks = fc.array(
  fc.record({
    replica: fc.nat(2),
    // Forwards and backwards, a look twice, and pauses.
    at: fc.integer({ min: 0, max: 1500 }),
    value: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(NaN)),
  }),
  { minLength: 1, maxLength: 60 },
);

test('replicas that take turns, a clock that goes backwards and gaps leave exact counts and means', () => {
  fc.assert(
    fc.property(looks, (all) => {
      const samplers = [0, 1, 2].map(() => openSampler('guest'));
      const stored: RawSample[] = [];
      for (const { replica, at, value } of all) {
        const sampler = samplers[replica];
        if (sampler) stored.push(...look(sampler, at, [value, 7]));
      }
      for (const sampler of samplers) stored.push(...[...sampler.end()].map(([, sample]) => sample));
      const joined = joinSameBucket(stored.sort((a, b) => a.at - b.at));
      const buckets = Map.groupBy(all, ({ at }) => bucketOf(rawTier('guest'), at));
      expect(joined.map(({ at }) => at)).toEqual([...buckets.keys()].sort((a, b) => a - b));
      for (const { at, count, values } of joined) {
        const own = buckets.get(at) ?? [];
        expect(count).toBe(own.length);
        expect(values[1]).toBeCloseTo(7, 9);
        expectMean(
          values[0],
          own.map(({ value }) => value),
        );
      }
    }),
  );
});

/** Exact where every look had the value; else between the least and the most of those that had it. */
function expectMean(mean: number | undefined, values: number[]): void {
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === 0) expect(mean).toBeNaN();
  else if (present.length === values.length)
    expect(mean).toBeCloseTo(present.reduce((sum, value) => sum + value, 0) / present.length, 9);
  else {
    expect(mean).toBeGreaterThanOrEqual(Math.min(...present) - 1e-9);
    expect(mean).toBeLessThanOrEqual(Math.max(...present) + 1e-9);
  }
}
