import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLine } from './regression.ts';
import type { Point } from './series.ts';

const HOUR = 3600;
const points = (values: readonly number[], everyHours = 1): Point[] =>
  values.map((value, i) => ({ at: i * everyHours * HOUR, value, weight: 1 }));

test('50, 52, 54, 56 every twelve hours → 4 points a day, 64 two days on, a perfect fit', () => {
  const line = fitLine(points([50, 52, 54, 56], 12));
  expect(24 * (line?.slope ?? 0)).toBeCloseTo(4, 9);
  expect(line?.valueAt(84 * HOUR)).toBeCloseTo(64, 9);
  expect(line?.rSquared).toBe(1);
  expect(line?.bandAt(84 * HOUR)).toBeCloseTo(0, 6);
});

test('a flat series → no slope, and a line explains all of it', () => {
  expect(fitLine(points([65.1, 65.1, 65.1]))).toMatchObject({ slope: 0, rSquared: 1 });
});

test.each([
  ['no point', []],
  ['one point', [5]],
])('%s → no line', (_given, values) => {
  expect(fitLine(points(values))).toBeNull();
});

test('several points of the same moment → no line', () => {
  expect(fitLine([1, 2, 3].map((value) => ({ at: 0, value, weight: 1 })))).toBeNull();
});

test('an aggregate counts as often as the samples it was made of', () => {
  const raw = [10, 10, 10, 40, 50].map((value, i) => ({ at: (i < 3 ? 0 : i) * HOUR, value, weight: 1 }));
  const mixed = [{ at: 0, value: 10, weight: 3 }, ...raw.slice(3)];
  expect(fitLine(mixed)?.slope).toBeCloseTo(fitLine(raw)?.slope ?? 0, 9);
});

test('a guest arrives and the level jumps → no slope, where the jump is told', () => {
  const jump = points([20, 20, 20, 20, 45, 45, 45, 45]);
  expect(24 * (fitLine(jump)?.slope ?? 0)).toBeGreaterThan(50);
  const told = fitLine(jump, [3.5 * HOUR]);
  expect(told?.slope).toBeCloseTo(0, 9);
  expect(told?.valueAt(100 * HOUR)).toBeCloseTo(45, 9);
});

test.each([
  ['falls in its second half', 4.2],
  ['falls in its first half', 3.8],
])('a mean of both sides of a jump that %s counts on neither', (_given, hours) => {
  const values = [20, 20, 20, 20, 33, 45, 45, 45].map((value, i) => {
    const at = i * HOUR;
    return { at, value, weight: 1, span: [at - HOUR / 2, at + HOUR / 2] as const };
  });
  const line = fitLine(values, [hours * HOUR]);
  expect(line?.slope).toBeCloseTo(0, 9);
  expect(line?.valueAt(100 * HOUR)).toBeCloseTo(45, 9);
});

test('a level that is known from a few values only makes the interval wider', () => {
  const restless = points(Array.from({ length: 40 }, (_, i) => 30 + (i % 2)));
  const bandAfter = (left: number) => fitLine(restless, [(39.5 - left) * HOUR])?.bandAt(40 * HOUR) ?? 0;
  expect(bandAfter(1)).toBeGreaterThan(1.3 * bandAfter(20));
});

test('a slope on both sides of a jump is found as it is', () => {
  const rising = points([20, 21, 22, 50, 51, 52]);
  expect(fitLine(rising, [3 * HOUR, 3 * HOUR, 99 * HOUR])).toMatchObject({ slope: expect.closeTo(1, 9) });
});

test('a jump between nearly all values → no slope is claimed', () => {
  expect(
    fitLine(
      points([10, 30, 20, 21, 50, 5]),
      [0.5, 1.5, 3.5, 4.5].map((at) => at * HOUR),
    ),
  ).toBeNull();
});

test('three points off a line → the interval that Student’s t gives for one degree of freedom', () => {
  // Residuals 1/6, −1/3, 1/6 around 1.5 a step: s² = 1/6; at x = 3: 1 + 1/3 + 2² / 2.
  const band = fitLine(points([1, 2, 4]))?.bandAt(3 * HOUR);
  expect(band).toBeCloseTo(12.706 * Math.sqrt(1 / 6) * Math.sqrt(1 + 1 / 3 + 4 / 2), 6);
});

test('law: moving or stretching a series moves or stretches its line', () => {
  const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.double({ min: -50, max: 50, noNaN: true }), (series, by) => {
      const line = fitLine(points(series));
      const moved = fitLine(points(series.map((value) => value + by)));
      expect(moved?.slope).toBeCloseTo(line?.slope ?? 0, 6);
      expect(moved?.valueAt(0)).toBeCloseTo((line?.valueAt(0) ?? 0) + by, 6);
      expect(line?.rSquared).toBeGreaterThanOrEqual(0);
      expect(line?.bandAt(0)).toBeGreaterThanOrEqual(0);
    }),
  );
});
