import { expect, test } from 'vitest';
import { rint, roundTo } from './numbers.ts';

test.each([
  [16.5, 16],
  [17.5, 18],
  [0.5, 0],
  [2.4999, 2],
  [45 * 0.7, 31],
  [-0.5, -0],
])('the integer nearest to %d is %d, halves to even', (value, expected) => {
  expect(rint(value) + 0).toBe(expected + 0);
});

test.each([
  [0.25, 1, 0.2],
  [0.75, 1, 0.8],
  [0.35, 1, 0.3],
  [2.675, 2, 2.67],
  [0.125, 2, 0.12],
  [0.375, 2, 0.38],
  [63.75, 1, 63.8],
  [-0.25, 1, -0.2],
  [999_999, 2, 999_999],
])('%d rounded to %d decimals is %d', (value, decimals, expected) => {
  expect(roundTo(value, decimals)).toBe(expected);
});
