import { defaultPenalties } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { confidence } from './confidence.ts';
import { feedbackInfluence, outcomeScore } from './experience.ts';
import { aGuest } from './testing/build.ts';

const outcomes = { total_completed: 12, success_rate: 80, beneficial_rate: 50, avg_accuracy_pct: 60 };

test.each([
  ['none were told', undefined, 65],
  ['fewer than five ended', { ...outcomes, total_completed: 4 }, 65],
  ['nothing was measured', { ...outcomes, success_rate: null }, 65],
  ['80 of 100 did no harm', outcomes, 80],
  ['most did good', { ...outcomes, beneficial_rate: 75 }, 90],
  ['predictions were far off', { ...outcomes, avg_accuracy_pct: 30 }, 65],
  ['all did good', { ...outcomes, success_rate: 100, beneficial_rate: 100 }, 100],
  ['all did harm', { ...outcomes, success_rate: 0, avg_accuracy_pct: 0 }, 0],
])('past moves, when %s → %d', (_given, past, score) => {
  expect(outcomeScore(past)).toBe(score);
});

const move = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };
const votes = (helpful: number, not_helpful: number, parts = {}) => [{ ...move, helpful, not_helpful, ...parts }];

test.each([
  ['nobody said anything', [], 0],
  ['one person found it helpful', votes(1, 0), 1],
  ['one person did not', votes(0, 1), -1],
  ['opinions differ', votes(3, 3), 0],
  ['a thousand people liked it', votes(1000, 0), 5],
  ['a thousand people did not', votes(0, 1000), -5],
  ['another guest between the same nodes: half', votes(2, 0, { vmid: 101 }), 1],
  ['the guest between other nodes', votes(1, 0, { target_node: 'pve3' }), 1],
  ['another guest between other nodes', votes(9, 0, { vmid: 101, target_node: 'pve3' }), 0],
])('feedback, when %s → %d points', (_given, feedback, points) => {
  expect(feedbackInfluence(move, feedback).points).toBe(points);
});

test('outcomes, clear trends and feedback move the confidence, each by its share', () => {
  const metrics = { cpu_headroom: 60, mem_headroom: 50, cpu_trend: 'stable' };
  const base = {
    guest: aGuest(),
    improvement: 40,
    minScoreImprovement: defaultPenalties().min_score_improvement,
    target: { metrics, total_penalties: 30 },
  };
  const plain = confidence(base);
  expect(confidence({ ...base, outcomes }) - plain).toBeCloseTo(0.15 * 15, 1);
  expect(confidence({ ...base, strongFactors: 3 }) - plain).toBeCloseTo(0.15 * 15, 1);
  expect(confidence({ ...base, strongFactors: 2 })).toBe(plain);
  expect(confidence({ ...base, feedbackPoints: -2 }) - plain).toBeCloseTo(-2, 6);
});
