import { expect, test } from 'vitest';
import { intervalMinutes } from './pace.ts';

test.each([
  [0, 0.1, 10],
  [49, 0.1, 10],
  [50, 0.1, 15],
  [150, 0.1, 20],
  [300, 0.1, 30],
  [500, 1, 60],
  [10_000, 1, 60],
  [49, 600, 21],
  [10_000, 4000, 120],
])('%i guests, judged in %f s: every %i minutes', (guests, seconds, minutes) => {
  expect(intervalMinutes(guests, seconds)).toBe(minutes);
});
