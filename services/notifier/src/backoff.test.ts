import { expect, test } from 'vitest';
import { triesMax, waitMs } from './backoff.ts';

const hourMs = 3_600_000;

test.each([
  ['the first failure waits a second', 1, null, 1000],
  ['each one after it twice as long', 5, null, 16_000],
  ['up to three hours', 20, null, 3 * hourMs],
  ['the receiver may ask for more', 1, 30_000, 30_000],
  ['but not for less', 5, 0, 16_000],
  ['a wait in the past is none', 5, -1, 16_000],
  ['nor for ever', 1, 90 * hourMs, 3 * hourMs],
])('%s', (_, tries, asked, wait) => {
  expect(waitMs(tries, asked)).toBe(wait);
});

test('all tries together take about a day', () => {
  const total = Array.from({ length: triesMax - 1 }, (_, index) => waitMs(index + 1, null)).reduce(
    (sum, ms) => sum + ms,
  );
  expect(total / hourMs).toBeGreaterThan(22);
  expect(total / hourMs).toBeLessThan(27);
});
