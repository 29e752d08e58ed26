import { expect, test } from 'vitest';
import { openSampler } from './sampler.ts';

const seen = (...values: number[]) => new Map([['100', { place: 3, values }]]);

test('a bucket is handed out once it is over, with the mean of what was seen in it', () => {
  const sampler = openSampler('guest');
  expect(sampler.add(600, seen(10, NaN)).size).toBe(0);
  expect(sampler.add(890, seen(20, NaN)).size).toBe(0);
  const ended = sampler.add(900, seen(99, 1));
  expect([...ended]).toEqual([['100', { at: 600, place: 3, count: 2, values: [15, NaN] }]]);
});

test('a guest that is not seen any more ends with its last bucket', () => {
  const sampler = openSampler('guest');
  sampler.add(600, seen(10));
  expect(sampler.add(900, new Map()).size).toBe(1);
  expect(sampler.add(1200, new Map()).size).toBe(0);
});

test('a pause of the collector leaves a gap, not a stretched bucket', () => {
  const sampler = openSampler('node');
  sampler.add(60, seen(10));
  const ended = sampler.add(6000, seen(20));
  expect([...ended.values()].map(({ at }) => at)).toEqual([60]);
});

test('who stops hands out what it has, once', () => {
  const sampler = openSampler('guest');
  sampler.add(600, seen(10));
  expect([...sampler.end().values()]).toMatchObject([{ at: 600, count: 1, values: [10] }]);
  expect(sampler.end().size).toBe(0);
});
