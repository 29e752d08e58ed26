import fc from 'fast-check';
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

test('a mark in the future is of a clock that was ahead: everything is looked through again', () => {
  const due = dueBuckets(hourTier, now + 24 * hour, now);
  expect(due.at(-1)).toBe(now - 300 - hour);
  expect(due.length).toBeGreaterThanOrEqual(47);
});

test('none is due of which a part of the samples is gone already', () => {
  fc.assert(
    fc.property(fc.integer({ min: now, max: now + 7 * hour }), (at) => {
      expect(Math.min(...dueBuckets(hourTier, 0, at))).toBeGreaterThanOrEqual(at - 48 * hour);
      expect(Math.min(...dueBuckets(quarterDayTier, 0, at))).toBeGreaterThanOrEqual(at - 14 * 24 * hour);
    }),
  );
});

test('whenever it runs, and however long it did not, each bucket that is over comes once, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 60, max: 40 * hour }), { minLength: 1, maxLength: 20 }), (pauses) => {
      let at = now;
      let mark: number | null = now - 300 - hour;
      const done: number[] = [];
      for (const pause of pauses) {
        at += pause;
        for (const due of dueBuckets(hourTier, mark, at)) {
          done.push(due);
          mark = due;
        }
      }
      expect(done).toEqual(Array.from({ length: done.length }, (_, index) => now - 300 + index * hour));
      expect(at - (now - 300 + done.length * hour)).toBeLessThan(hour + 120);
    }),
  );
});
