import { defaultPenalties, type Guest, Judgement, type Recommendation } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import { clamp, roundTo } from '../numbers.ts';
import { penalties } from '../penalties/registry.ts';
import { limits, smallCluster } from '../testing/arbitrary.ts';
import { aCluster } from '../testing/build.ts';
import { type Kind, kinds } from '../testing/kinds.ts';
import { NOW, nodeSamples } from '../testing/series.ts';
import { profileGuest } from '../trends/guest-profile.ts';
import { analyzeNode } from '../trends/node-trend.ts';
import { recommend } from './recommend.ts';

/*
 * Every kind of recommendation carries every field, and each says what it should: in the right unit, and in agreement with
 * the fields beside it.
 */

const judge = ({ nodes, guests, parts }: Omit<Kind, 'own'>): Judgement => {
  const input = { snapshot: aCluster(nodes, guests), thresholds: limits, config: defaultPenalties() };
  return recommend({ ...input, maintenanceNodes: [], ...parts });
};
const given = (name: string): { move: Recommendation; guest: Guest; kind: Kind } => {
  const kind = kinds[name] as Kind;
  const move = judge(kind).recommendations.find(({ vmid }) => vmid === kind.own.vmid);
  const guest = kind.guests.find(({ vmid }) => vmid === kind.own.vmid);
  if (!move || !guest) throw new Error(`${name}: guest ${kind.own.vmid} is not recommended`);
  return { move, guest, kind };
};

describe.each(Object.keys(kinds))('%s', (name) => {
  test('what must be there is there, and nothing of it is empty', () => {
    const { move, kind } = given(name);
    const { primary, factor, ...own } = kind.own;
    expect(move).toMatchObject(own);
    expect(() => Judgement.shape.recommendations.element.parse(move)).not.toThrow();
    expect(hollow(move)).toEqual([]);
    expect(move.structured_reason).toMatchObject({ primary_reason: primary, summary: move.reason });
    expect(move.structured_reason.contributing_factors.map((one) => one.factor)).toContain(factor);
  });

  test('the marks of other kinds are not', () => {
    const { move, kind } = given(name);
    for (const key of marks) expect([key, move[key]]).toEqual([key, kind.own[key]]);
  });

  test('scores, gain and suitability agree with their parts', () => {
    const { move, kind } = given(name);
    const { source, target } = move.score_details;
    expect(Math.abs(target.total_score - move.target_node_score)).toBeLessThan(0.06);
    expect(move.suitability_rating).toBe(roundTo(100 - clamp(move.target_node_score, 0, 100), 1));
    const boost = { maintenance_evacuation: 100, iowait_relief: 30 }[kind.own.primary] ?? 0;
    expect(Math.abs(source.total_score + boost - move.target_node_score - move.score_improvement)).toBeLessThan(0.11);
    for (const { penalties: points, total_penalties, metrics, component_weights } of [source, target]) {
      expect(Object.keys(points)).toEqual(expect.arrayContaining(alwaysShown));
      expect(total_penalties).toBeCloseTo(
        Object.values(points).reduce((sum, one) => sum + one, 0),
        1,
      );
      expect(metrics.cpu_headroom).toBeCloseTo(100 - metrics.predicted_cpu, 1);
      expect(metrics.mem_headroom).toBeCloseTo(100 - metrics.predicted_mem, 1);
      expect(component_weights).toEqual({ health: 0.25, predicted: 0.4, headroom: 0.2, storage: 0.15 });
    }
  });

  test('memory, risk, confidence, cost and priority are those of the guest and the gain', () => {
    const { move, guest } = given(name);
    expect([move.mem_gb, move.name, move.type]).toEqual([guest.mem_max_gb, guest.name, guest.type]);
    expect(move.risk_factors.map((one) => one.factor)).toEqual(riskParts.map(([part]) => part));
    const parts = riskParts.map(([, weight], i) => weight * (move.risk_factors[i]?.risk_score ?? Number.NaN));
    const risk = parts.reduce((sum, one) => sum + one, 0);
    expect(Math.abs(move.risk_score - risk)).toBeLessThan(0.06);
    expect(move.risk_level).toBe(risk <= 25 ? 'low' : risk <= 50 ? 'moderate' : risk <= 75 ? 'high' : 'very_high');
    expect(move.confidence_score).toBe(roundTo(clamp(move.confidence_score, 0, 100), 1));
    const { ratio, benefit_score, cost_score, viable } = move.cost_benefit;
    const benefit = 0.7 * move.score_improvement + 0.3 * move.confidence_score;
    expect(Math.abs(benefit_score - benefit)).toBeLessThan(0.06);
    expect(Math.abs(benefit - ratio * cost_score)).toBeLessThan(0.06 * Math.abs(ratio) + 0.1);
    expect(viable).toBe(ratio >= 1);
    expect(priorities[move.priority](move)).toBe(true);
  });

  test('trends are evidence where they are known, the guest’s own among them', () => {
    const { kind } = given(name);
    const samples = nodeSamples(168, 1, (i) => 20 + i / 4);
    const trends = Object.fromEntries(
      kind.nodes.map(({ name: node }) => [node, analyzeNode({ node, samples, now: NOW })]),
    );
    const habits = profileGuest(samples.map(({ at }, i) => ({ at, avg: 10 + i / 4, p95: 12 + i / 4 })));
    const memory = { trends, profiles: { [kind.own.vmid]: habits }, moves: [{ vmid: kind.own.vmid }, { vmid: 999 }] };
    const moves = judge({ ...kind, parts: { ...kind.parts, ...memory } }).recommendations;
    const told = moves.find(({ vmid }) => vmid === kind.own.vmid);
    expect(told?.trend_evidence).toMatchObject({
      available: true,
      source_node_trend: { cpu_trend: '+6.0%/day', cpu_direction: 'sustained_increase' },
      target_node_trend: { stability_score: expect.any(Number) },
      guest_trend: { cpu_growth_rate: '+6.0%/day', behavior: 'growing', previous_migrations: 1 },
      data_quality: { node_history_days: 7, guest_history_days: 7 },
    });
    expect(told?.score_details.target.trend_analysis).toMatchObject({ cpu_rate_per_day: 6 });
    expect(told?.decision_explanation).toContain('rises by 6.0 points a day');
    expect(hollow(told)).toEqual([]);
  });
});

const priorities: Record<Recommendation['priority'], (move: Recommendation) => boolean> = {
  critical: (move) => move.structured_reason.primary_reason === 'maintenance_evacuation',
  high: (move) => move.structured_reason.primary_reason === 'iowait_relief' || move.score_improvement >= 50,
  medium: (move) => move.score_improvement >= 25 && move.score_improvement < 50,
  low: (move) => move.score_improvement < 25,
};

/** Fields that only some kinds have. */
const marks = [
  'distribution_balancing',
  'affinity_group',
  'affinity_companions',
  'affinity_leader_vmid',
  'has_conflict',
  'mount_point_info',
] as const;

/** All penalties but the one that is named only where it applies. */
const alwaysShown = penalties.map((one) => one.name).filter((one) => one !== 'mem_overcommit');

const riskParts = [
  ['guest_memory', 0.3],
  ['disk_io', 0.25],
  ['storage', 0.2],
  ['network_io', 0.15],
  ['cluster_health', 0.1],
] as const;

/** What may be empty: a score without penalties has no readings, and a factor may have no number. */
const mayBeEmpty = /explanations|penalty_readings|peak_hours|decision_factors|contributing_factors\.\d+\.value|sigma$/;

/** Paths of values that say nothing: null, undefined, not a number, an empty text or list or object. */
const hollow = (value: unknown, path = ''): string[] => {
  const own = mayBeEmpty.test(path) ? [] : [path];
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return own;
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  return entries.length === 0 ? own : entries.flatMap(([key, one]) => hollow(one, `${path}.${key}`.replace(/^\./, '')));
};

test('law: a guest that stays says why, and by how much where it would have gained too little', () => {
  fc.assert(
    fc.property(smallCluster, (input) => {
      for (const one of recommend(input).skipped_guests) {
        expect(hollow(one)).toEqual([]);
        const { best_target, score_improvement = 0, current_score = 0, best_target_score = 0 } = one;
        const isMeasured = one.reason === 'insufficient_improvement';
        expect([best_target !== undefined, 'current_score' in one]).toEqual([isMeasured, isMeasured]);
        expect(Math.abs(current_score - best_target_score - score_improvement)).toBeLessThan(0.16);
        if (best_target)
          expect([best_target === one.node, Object.keys(input.snapshot.nodes)]).toEqual([
            false,
            expect.arrayContaining([best_target]),
          ]);
      }
    }),
    { numRuns: runs(200) },
  );
});

test('law: the summary adds up to the lists it sums up', () => {
  fc.assert(
    fc.property(smallCluster, (input) => {
      const { recommendations, skipped_guests, summary, execution_plan } = recommend(input);
      const gained = recommendations.reduce((sum, one) => sum + one.score_improvement, 0);
      expect(Math.abs(summary.total_improvement - gained)).toBeLessThan(0.06);
      expect([summary.total_recommendations, summary.total_skipped]).toEqual([
        recommendations.length,
        skipped_guests.length,
      ]);
      const counted = summary.reasons_breakdown.map((text) => Number.parseInt(text, 10));
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(recommendations.length);
      expect(Object.values(summary.skip_reasons).reduce((sum, one) => sum + one, 0)).toBe(skipped_guests.length);
      const { before, after, improvement } = summary.batch_impact;
      expect(Object.keys(after.node_scores)).toEqual(Object.keys(before.node_scores));
      expect(improvement.health_delta).toBe(roundTo(summary.predicted_health - summary.cluster_health, 1));
      const urgency = recommendations.some((one) => one.priority === 'critical')
        ? 'high'
        : recommendations.some((one) => one.score_improvement >= 50)
          ? 'medium'
          : recommendations.length > 0
            ? 'low'
            : 'none';
      expect(summary.urgency).toBe(urgency);
      if (summary.convergence_message) expect([recommendations, execution_plan]).toEqual([[], {}]);
    }),
    { numRuns: runs(200) },
  );
});
