import { MetricTrend } from '@proxbalance/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricTrend } from './metric-trend.ts';
import type { Point } from './series.ts';

const series = (values: readonly number[], everyHours = 0.5): Point[] =>
  values.map((value, i) => ({ at: i * everyHours * 3600, value, weight: 1 }));
const many = (value: (i: number) => number, count = 48) => Array.from({ length: count }, (_, i) => value(i));

const rows: [given: string, values: number[], everyHours: number, expected: Partial<MetricTrend>][] = [
  [
    '50, 52, 54, 56 every twelve hours',
    [50, 52, 54, 56],
    12,
    { rate_per_day: 4, projected_value: 64, r_squared: 1, direction: 'sustained_increase', current_avg: 54 },
  ],
  [
    'a flat series',
    many(() => 65),
    0.5,
    { rate_per_day: 0, direction: 'stable', r_squared: 1, confidence: 'high', stability_score: 100 },
  ],
  [
    '40 + 0.1 i',
    many((i) => 40 + 0.1 * i),
    0.5,
    { rate_per_day: 4.8, direction: 'sustained_increase', confidence: 'high' },
  ],
  [
    'alternating 20 and 60',
    many((i) => (i % 2 === 0 ? 60 : 20)),
    0.5,
    {
      rate_per_day: -2.5,
      rate_display: '-2.5%/day',
      direction: 'falling',
      r_squared: 0.001,
      confidence: 'low',
      stability_score: 25,
      stability_label: 'volatile',
    },
  ],
  ['a good fit of few values', [1, 2, 3, 4, 5, 6], 12, { direction: 'rising', confidence: 'medium', rate_per_day: 2 }],
  ['a falling series', [80, 70, 60, 50], 24, { direction: 'sustained_decrease', projected_value: 30 }],
  ['a series that would leave the scale', [10, 40, 70, 95], 24, { projected_value: 100 }],
  ['an idle series between 0.5 and 3 %', many((i) => 0.5 + (i % 6) / 2), 0.5, { stability_label: 'stable' }],
  ['three values', [10, 20, 30], 12, { direction: 'unknown', rate_per_day: 0, projected_value: null, current_avg: 20 }],
  [
    'no value at all',
    [],
    1,
    {
      direction: 'unknown',
      rate_display: '+0.0%/day',
      confidence: 'low',
      r_squared: 0,
      current_avg: null,
      stability_score: 50,
      stability_label: 'unknown',
    },
  ],
  [
    'an hour of a steep climb',
    many((i) => i, 12),
    1 / 12,
    { direction: 'unknown', rate_per_day: 0, confidence: 'low' },
  ],
];

test.each(rows)('%s', (_given, values, everyHours, expected) => {
  const trend = metricTrend(series(values, everyHours));
  expect(trend).toMatchObject({ ...expected, data_points: values.length });
  expect(() => MetricTrend.parse(trend)).not.toThrow();
});

test.each([
  ['rising towards it', [50, 52, 54, 56], 60, 36],
  ['rising, but above it already', [50, 52, 54, 56], 53, null],
  ['flat', [50, 50, 50, 50], 60, null],
  ['falling', [56, 54, 52, 50], 60, null],
])('hours to the threshold of a series that is %s', (_given, values, threshold, hours) => {
  expect(metricTrend(series(values, 12), { threshold }).hours_to_threshold).toBe(hours);
});

test.each([
  [0.1, 90],
  [0.15, 80],
  [0.3, 50],
  [0.5, 25],
  [2, 5],
])('a coefficient of variation of %d → stability %d', (cv, score) => {
  const half = cv * 40 * Math.sqrt(47 / 48);
  expect(metricTrend(series(many((i) => 40 + (i % 2 === 0 ? half : -half)))).stability_score).toBeCloseTo(score, -0.4);
});

test('law: whatever the series, the trend is finite and as agreed', () => {
  const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(values, (some) => {
      expect(() => MetricTrend.parse(metricTrend(series(some), { threshold: 60 }))).not.toThrow();
    }),
  );
});

test('what is current after a jump is what came after it', () => {
  const jump = [20, 20, 20, 20, 20, 20, 50].map((value, i) => ({ at: i * 3600, value, weight: 1 }));
  expect(metricTrend(jump, { threshold: 60 }).current_avg).toBe(30);
  expect(metricTrend(jump, { threshold: 60, breaks: [6 * 3600] }).current_avg).toBe(50);
});

test('law: a series that is restless stays so, wherever its jumps are told to be', () => {
  const jumps = fc.array(fc.integer({ min: 1, max: 46 }), { maxLength: 5 });
  fc.assert(
    fc.property(jumps, (hours) => {
      const restless = Array.from({ length: 48 }, (_, i) => ({ at: i * 3600, value: i % 2 ? 60 : 20, weight: 1 }));
      const told = metricTrend(restless, { breaks: hours.map((hour) => hour * 3600) });
      expect(told.stability_label).toBe('volatile');
    }),
  );
});
