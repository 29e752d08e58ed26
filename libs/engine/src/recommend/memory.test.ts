import { defaultPenalties, type GuestProfile, Judgement, type NodeTrend } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objection } from '../filters/target/registry.ts';
import { scoreNodes } from '../node-scores.ts';
import { scoreOf } from '../target-score.ts';
import { smallCluster } from '../testing/arbitrary.ts';
import { aCluster, aGuest, aNode } from '../testing/build.ts';
import { NOW, nodeSamples, scoreRows } from '../testing/series.ts';
import { profileGuest } from '../trends/guest-profile.ts';
import { analyzeNode } from '../trends/node-trend.ts';
import { type Memory, placedGuests, problemOf, type RecommendInput } from './problem.ts';
import { recommend } from './recommend.ts';
import { bestOffer, endAs } from './score.ts';

/*
 * What the engine makes of what it is told beyond the snapshot: trends, profiles, history, outcomes, feedback.
 */

const trendOf = (node: string, cpu: (i: number) => number): NodeTrend =>
  analyzeNode({ node, samples: nodeSamples(168, 1, cpu), now: NOW });
const flat = () => 20;
const rising = (i: number) => 20 + i / 4;
const bursty: GuestProfile = profileGuest(Array.from({ length: 48 }, (_, i) => ({ at: i * 3600, avg: 20, p95: 60 })));
const ask = (memory: Memory = {}, parts: Partial<RecommendInput> = {}) => {
  const nodes = [aNode({ cpu: 85, mem: 60 }), ...['pve2', 'pve3'].map((name) => aNode({ name, cpu: 20, mem: 30 }))];
  const judgement = recommend({
    snapshot: aCluster(nodes, [aGuest()]),
    thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
    config: defaultPenalties(),
    maintenanceNodes: [],
    ...memory,
    ...parts,
  });
  expect(() => Judgement.parse(judgement)).not.toThrow();
  return judgement;
};

describe('trends', () => {
  test('of two equal targets the one that is not rising is taken', () => {
    expect(ask().recommendations[0]?.target_node).toBe('pve2');
    const trends = { pve2: trendOf('pve2', rising), pve3: trendOf('pve3', flat) };
    expect(ask({ trends }).recommendations[0]).toMatchObject({
      target_node: 'pve3',
      trend_evidence: { available: true, source_node_trend: null, target_node_trend: { stability_score: 100 } },
    });
    expect(ask({ trends }).recommendations[0]?.decision_explanation).toMatch(
      /memory.*\. pve3 is steady \(100 of 100\)\.$/,
    );
  });

  test('none given → the evidence says so, and the explanation is what it was', () => {
    const [move] = ask().recommendations;
    expect(move?.trend_evidence).toEqual({ available: false, reason: 'Trends were not looked at' });
    expect(move?.confidence_notes).toBeUndefined();
  });

  test('a steady node’s CPU points count less and say so; not when it was overloaded all week', () => {
    const thresholds = { cpu_threshold: 60, mem_threshold: 70 };
    const score = (cpu: number) =>
      scoreNodes({
        snapshot: aCluster([aNode({ cpu })]),
        thresholds,
        config: defaultPenalties(),
        maintenanceNodes: [],
        trends: { pve1: trendOf('pve1', flat) },
      }).pve1;
    expect(score(65)).toMatchObject({
      penalty_breakdown: { current_cpu: 14 },
      explanations: expect.arrayContaining([expect.stringContaining('+14 (counts 0.7 times on a steady node)')]),
    });
    expect(score(75)).toMatchObject({ penalty_breakdown: { current_cpu: 50, sustained_cpu: 40 } });
  });
});

describe('profiles', () => {
  test('a bursty guest is predicted at its peak, in scores and in recommendations', () => {
    const plain = ask().recommendations[0];
    const told = ask({ profiles: { 100: bursty } }).recommendations[0];
    expect(bursty).toMatchObject({ behavior: 'bursty', peak_multiplier: 3 });
    expect(plain?.score_details.target.metrics.predicted_cpu).toBe(32.5);
    expect(told?.score_details.target.metrics.predicted_cpu).toBe(50);
    const input = {
      snapshot: aCluster([aNode(), aNode({ name: 'pve2' })], [aGuest()]),
      vmid: 100,
      maintenanceNodes: [],
    };
    const rules = { config: defaultPenalties(), thresholds: { cpu_threshold: 60, mem_threshold: 70 } };
    const [without, withProfile] = [undefined, { 100: bursty }].map((profiles) =>
      scoreNodes({ ...input, ...rules, profiles }),
    );
    expect(withProfile?.pve2?.score).toBeGreaterThan(without?.pve2?.score ?? 0);
    expect(withProfile?.pve1?.score).toBe(without?.pve1?.score);
  });
});

describe('the seasonal baseline', () => {
  const snapshot = (cpu: number, mem: number) =>
    aCluster([aNode({ cpu, mem }), aNode({ name: 'pve2', cpu: 5, mem: 30 })], [aGuest()], {
      collected_at: new Date(NOW * 1000).toISOString(),
    });
  const usual = scoreRows('pve1', 24 * 10, (ago) => (ago % 24 === 0 ? 58 + ((ago / 24) % 2) : 10));
  const on = { ...defaultPenalties(), seasonal_baseline: { enabled: true, sigma_threshold: 2 } };
  const reason = (cpu: number, mem: number, parts: Partial<RecommendInput> = {}) => {
    const { recommendations, skipped_guests } = ask(
      { scoreHistory: usual },
      { snapshot: snapshot(cpu, mem), config: on, ...parts },
    );
    return recommendations.length > 0 ? 'moves' : skipped_guests[0]?.reason;
  };

  test.each([
    ['as busy as ever at this hour', 59, 68, {}, 'seasonal_baseline'],
    ['busier than ever at this hour, though below the threshold', 60, 68, {}, 'moves'],
    ['above the CPU threshold', 61, 68, {}, 'moves'],
    ['above the memory threshold', 59, 71, {}, 'moves'],
    ['in maintenance', 59, 68, { maintenanceNodes: ['pve1'] }, 'moves'],
    ['without enough history', 59, 68, { scoreHistory: usual.slice(-24) }, 'moves'],
    ['with the rule switched off', 59, 68, { config: defaultPenalties() }, 'moves'],
    ['as busy as ever, read in another zone', 59, 68, { timeZone: 'Asia/Kolkata' }, 'seasonal_baseline'],
  ])('a node that is %s (%d %% CPU, %d %% memory)', (_given, cpu, mem, parts, expected) => {
    expect(reason(cpu, mem, parts)).toBe(expected);
  });

  test('says what is usual', () => {
    const { skipped_guests } = ask({ scoreHistory: usual }, { snapshot: snapshot(59, 68), config: on });
    expect(skipped_guests[0]?.detail).toBe('pve1 is at 59.0 % CPU, usual for this hour: 58.5 % ± 0.5');
  });
});

test('past moves and feedback change the confidence and nothing else, and are named', () => {
  const outcomes = { total_completed: 20, success_rate: 95, beneficial_rate: 80, avg_accuracy_pct: 70 };
  const feedback = [{ vmid: 100, source_node: 'pve1', target_node: 'pve2', helpful: 0, not_helpful: 4 }];
  const [plain] = ask().recommendations;
  const [told] = ask({ outcomes, feedback }).recommendations;
  expect(told?.confidence_notes).toEqual([
    '20 past moves: their outcome counts 100.0 instead of 65',
    'Feedback on such moves, 0 helpful and 4 not: -2.5 points',
  ]);
  expect((told?.confidence_score ?? 0) - (plain?.confidence_score ?? 0)).toBeCloseTo(0.15 * 35 - 2.5, 0);
  expect(told?.target_node).toBe(plain?.target_node);
});

const trendParts = fc.record({
  slope: fc.double({ min: -1, max: 1, noNaN: true }),
  noise: fc.integer({ min: 0, max: 40 }),
});
const memories: fc.Arbitrary<Memory> = fc
  .record({
    nodes: fc.array(trendParts, { minLength: 5, maxLength: 5 }),
    peaks: fc.array(fc.double({ min: 1, max: 4, noNaN: true }), { minLength: 16, maxLength: 16 }),
  })
  .map(({ nodes, peaks }) => ({
    trends: Object.fromEntries(
      nodes.map(({ slope, noise }, n) => [
        `pve${n + 1}`,
        trendOf(`pve${n + 1}`, (i) => 40 + slope * i * 0.2 + (i % 2) * noise),
      ]),
    ),
    profiles: Object.fromEntries(peaks.map((peak_multiplier, i) => [100 + i, { ...bursty, peak_multiplier }])),
  }));

test('law: with trends and profiles the best offer is still the lowest score of all, and the order of nodes changes nothing', () => {
  fc.assert(
    fc.property(smallCluster, memories, (input, memory) => {
      const problem = problemOf({ ...input, ...memory });
      for (const placed of placedGuests(problem).placed) {
        const scores = problem.state.targets
          .filter((target) => objection(placed, target, problem) === null)
          .map((target) => scoreOf({ ...endAs(placed, target, problem), adding: true }));
        const offer = bestOffer(placed, problem);
        if (scores.length === 0) expect(offer).toBeNull();
        else expect(offer?.targetScore).toBe(Math.min(...scores));
      }
      const nodes = Object.fromEntries(Object.entries(input.snapshot.nodes).reverse());
      expect(recommend({ ...input, ...memory, snapshot: { ...input.snapshot, nodes } })).toEqual(
        recommend({ ...input, ...memory }),
      );
    }),
  );
});
