import { defaultPenalties } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aNode } from '../testing/build.ts';
import { applyPenalties, byCategory, byName, explainPenalties } from './apply.ts';
import { type PenaltyInput, pointsOf } from './penalty.ts';
import { penalties } from './registry.ts';

const config = defaultPenalties();
const percent = fc.double({ min: 0, max: 100, noNaN: true });
const input: fc.Arbitrary<PenaltyInput> = fc
  .record({
    cpu: percent,
    mem: percent,
    iowait: percent,
    peak: percent,
    rate: fc.double({ min: -20, max: 20, noNaN: true }),
  })
  .chain(({ cpu, mem, iowait, peak, rate }) =>
    fc.record({
      node: fc.constant(aNode({ cpu, mem, iowait, metrics: { max_cpu_week: peak, max_mem_week: peak } })),
      predicted: fc.record({ cpu: percent, mem: percent, iowait: percent }),
      limits: fc.record({
        cpu_threshold: fc.integer({ min: 1, max: 100 }),
        mem_threshold: fc.integer({ min: 1, max: 100 }),
      }),
      config: fc.constant(config),
      trend: fc.option(
        fc.record({
          cpu: fc.constant({ rate_per_day: rate, confidence: 'high' as const }),
          memory: fc.constant({ rate_per_day: rate, confidence: 'low' as const }),
          overall_stability: percent,
        }),
      ),
      committedRatio: fc.double({ min: 0, max: 5, noNaN: true }),
    }),
  );

describe('every penalty', () => {
  test.each(penalties.map((penalty) => [penalty.name, penalty] as const))(
    '%s is finite, never negative, deterministic, and can say why',
    (_name, penalty) => {
      fc.assert(
        fc.property(input, (facts) => {
          const points = pointsOf(penalty, facts);
          expect(points).toBeGreaterThanOrEqual(0);
          expect(points).toBeLessThan(1000);
          expect(pointsOf(penalty, structuredClone(facts))).toBe(points);
          expect(penalty.explain(facts)).toMatch(/^[A-Z].*\d/);
        }),
      );
    },
  );

  test('has a name of its own and a summary', () => {
    expect(new Set(penalties.map((penalty) => penalty.name)).size).toBe(penalties.length);
    for (const penalty of penalties) expect(penalty.summary).not.toBe('');
  });
});

test('points are finite, memory is capped near 60, and categories add up to the total', () => {
  fc.assert(
    fc.property(input, (facts) => {
      const points = applyPenalties(facts);
      const total = points.reduce((sum, own) => sum + own, 0);
      const memory = points.filter((_, i) => penalties[i]?.resource === 'memory').reduce((sum, own) => sum + own, 0);
      expect(memory).toBeLessThanOrEqual(63);
      expect(Object.values(byCategory(byName(points))).reduce((sum, own) => sum + own, 0)).toBeCloseTo(total, 9);
      const readings = explainPenalties(facts, points);
      expect(readings.map((one) => one.points)).toEqual(points.filter((own) => own > 0));
      for (const one of readings) {
        expect(one.value).toBeGreaterThanOrEqual(one.above - 0.01);
        expect(one.tier).toBeGreaterThanOrEqual(1);
        expect(config).toHaveProperty(one.setting);
      }
    }),
  );
});

test('a trend nobody trusts → no points', () => {
  const rising = { rate_per_day: 10, confidence: 'low' as const };
  const facts = {
    node: aNode(),
    predicted: { cpu: 0, mem: 0, iowait: 0 },
    limits: { cpu_threshold: 60, mem_threshold: 70 },
  };
  const trend = { cpu: rising, memory: rising, overall_stability: 50 };
  expect(byName(applyPenalties({ ...facts, config, trend, committedRatio: 0 }))).toMatchObject({ cpu_trend: 0 });
});

test('a penalty that is not a number → an error that names it', () => {
  const facts = {
    node: aNode(),
    predicted: { cpu: 0, mem: 0, iowait: 0 },
    limits: { cpu_threshold: 60, mem_threshold: 70 },
  };
  const broken = { ...config, mem_overcommit_penalty: Number.NaN };
  expect(() => applyPenalties({ ...facts, config: broken, trend: null, committedRatio: 1.5 })).toThrow(
    'mem_overcommit',
  );
});
