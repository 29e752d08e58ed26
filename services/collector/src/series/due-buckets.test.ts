import { expect, test } from 'vitest';
import { dueBuckets } from './due-buckets.ts';
import { hourTier, quarterDayTier } from './tiers.ts';

const hour = 3600;
const now = 1000 * 24 * hour + 300;

test.each([
  ['the one that ended', hourTier, now - 300 - 2 * hour, [now - 300 - hour]],
  ['none twice', hourTier, now - 300 - hour, []],
  ['all that were missed', hourTier, now - 300 - 4 * hour, [3, 2, 1].map((ago) => now - 300 - ago * hour)],
  ['a quarter of a day', quarterDayTier, now - 300 - 12 * hour, [now - 300 - 6 * hour]],
])('%s', (_, tier, rolledUp, due) => {
  expect(dueBuckets(tier, rolledUp, now)).toEqual(due);
});

test('a bucket that has just ended waits for its last samples', () => {
  expect(dueBuckets(hourTier, now - 300 - 2 * hour, now - 200)).toEqual([]);
});

test('the first time a few, after a long pause no more than there is', () => {
  expect(dueBuckets(hourTier, null, now)).toHaveLength(6);
  expect(dueBuckets(hourTier, 0, now).length).toBeLessThanOrEqual(48);
});
