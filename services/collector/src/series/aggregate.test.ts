import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinSameBucket, keepFullest, seenInAll, summarizeRaw, summarizeSummaries } from './aggregate.ts';

const raw = (at: number, value: number, count = 30) => ({ at, place: 1, count, values: [value] });
const statistics = (parts: { count: number; avg: number }[]) =>
  parts.map(({ count, avg }, index) => ({
    at: index * 3600,
    place: 1,
    statistics: [{ count, avg, min: avg - 1, max: avg + 1, p95: avg + 0.5 }],
  }));

describe('raw samples to an hour', () => {
  test('the mean is weighted by how much each sample saw', () => {
    const summary = summarizeRaw([raw(0, 10, 30), raw(300, 40, 10)], 0, 1);
    expect(summary?.statistics[0]).toMatchObject({ count: 40, avg: 17.5, min: 10, max: 40 });
  });

  test('a missing value is left out of the mean and never counts as zero', () => {
    expect(summarizeRaw([raw(0, 10), raw(300, NaN)], 0, 1)?.statistics[0]).toMatchObject({
      count: 30,
      avg: 10,
      min: 10,
    });
  });

  test('an hour without a measurement has no statistic, an hour without samples no summary', () => {
    expect(summarizeRaw([raw(0, NaN)], 0, 1)?.statistics[0]).toBeNull();
    expect(summarizeRaw([], 0, 1)).toBeNull();
  });

  test('p95 lies between the two nearest ranks', () => {
    const samples = Array.from({ length: 21 }, (_, index) => raw(index * 300, index));
    expect(summarizeRaw(samples, 0, 1)?.statistics[0]?.p95).toBeCloseTo(19, 6);
  });
});

describe('hours to a quarter of a day', () => {
  test('the mean is weighted by counts, extremes are exact, p95 is the weighted mean of the parts', () => {
    const summary = summarizeSummaries(
      statistics([
        { count: 10, avg: 10 },
        { count: 30, avg: 50 },
      ]),
      0,
      1,
    );
    expect(summary?.statistics[0]).toEqual({ count: 40, avg: 40, min: 9, max: 51, p95: 40.5 });
  });
});

describe('one bucket from two replicas', () => {
  test('both halves are one sample, weighted', () => {
    expect(joinSameBucket([raw(0, 10, 20), raw(0, 40, 10), raw(300, 5)])).toEqual([raw(0, 20, 30), raw(300, 5)]);
  });
  test('what only one of them measured is taken from it', () => {
    expect(joinSameBucket([raw(0, NaN, 20), raw(0, 40, 10)])[0]?.values).toEqual([40]);
  });
});

test('of two summaries of one bucket the one that saw more stays', () => {
  const [one, two, next] = [
    ...statistics([
      { count: 5, avg: 1 },
      { count: 9, avg: 2 },
    ]).map((summary) => ({ ...summary, at: 0 })),
    ...statistics([{ count: 1, avg: 3 }]).map((summary) => ({ ...summary, at: 3600 })),
  ] as const;
  if (!one || !two || !next) throw new Error('three summaries');
  expect(keepFullest([one, two, next], seenInAll)).toEqual([two, next]);
  expect(keepFullest([two, one, next], seenInAll)).toEqual([two, next]);
});

const sampled = fc.record({
  at: fc.nat(71).map((index) => index * 300),
  value: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(NaN)),
  count: fc.integer({ min: 1, max: 400 }),
});

test('by whichever way, the mean of six hours is that of all their samples, and its extremes are theirs', () => {
  fc.assert(
    fc.property(fc.array(sampled, { minLength: 1, maxLength: 72 }), (samples) => {
      const rows = samples.map(({ at, value, count }) => raw(at, value, count)).sort((a, b) => a.at - b.at);
      const byHour = [...Map.groupBy(rows, ({ at }) => at - (at % 3600))];
      const hours = byHour.flatMap(([at, own]) => summarizeRaw(own, at, 1) ?? []);
      const whole = summarizeRaw(rows, 0, 1)?.statistics[0] ?? null;
      const merged = summarizeSummaries(hours, 0, 1)?.statistics[0] ?? null;
      expect(merged === null).toBe(whole === null);
      if (!whole || !merged) return;
      expect(merged).toMatchObject({ count: whole.count, min: whole.min, max: whole.max });
      expect(merged.avg).toBeCloseTo(whole.avg, 6);
      expect(merged.p95).toBeGreaterThanOrEqual(whole.min - 1e-9);
      expect(merged.p95).toBeLessThanOrEqual(whole.max + 1e-9);
    }),
  );
});
