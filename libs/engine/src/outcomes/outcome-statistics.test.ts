import type { OutcomeVerdict } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { type JudgedMove, outcomeStatistics } from './outcome-statistics.ts';

const shift = (cpu: number) => ({
  source_cpu_delta: cpu,
  source_mem_delta: 0,
  target_cpu_delta: -cpu,
  target_mem_delta: 0,
});
const ended = (verdict: OutcomeVerdict | null, more: Partial<JudgedMove> = {}): JudgedMove => ({
  vmid: 100,
  source_node: 'pve1',
  target_node: 'pve2',
  verdict,
  accuracy_pct: 80,
  actual_improvement: shift(10),
  sustained_improvement: shift(8),
  ...more,
});

test('nothing measured is nothing known', () => {
  expect(outcomeStatistics([ended(null), ended('inconclusive')])).toEqual({
    total_completed: 0,
    success_rate: null,
    beneficial_rate: null,
    avg_accuracy_pct: null,
    avg_cpu_improvement: null,
    avg_sustained_cpu_improvement: null,
    verdict_counts: { beneficial: 0, neutral: 0, harmful: 0 },
  });
});

test('rates are shares of the conclusive ones, averages of what was measured', () => {
  const outcomes = [
    ended('beneficial', { accuracy_pct: 91 }),
    ended('neutral', { accuracy_pct: null, actual_improvement: shift(1) }),
    ended('harmful', { accuracy_pct: 30.5, sustained_improvement: shift(-4.55) }),
    ended('inconclusive', { accuracy_pct: 0 }),
  ];
  expect(outcomeStatistics(outcomes)).toEqual({
    total_completed: 3,
    success_rate: 66.7,
    beneficial_rate: 33.3,
    avg_accuracy_pct: 60.8,
    avg_cpu_improvement: 7,
    avg_sustained_cpu_improvement: 3.82,
    verdict_counts: { beneficial: 1, neutral: 1, harmful: 1 },
  });
});

test('of a pair of nodes, and of a guest', () => {
  const back = { source_node: 'pve2', target_node: 'pve1' };
  const outcomes = [ended('beneficial'), ended('harmful', back), ended('neutral', { vmid: 101 })];
  const counted = (only: object) => outcomeStatistics(outcomes, only).total_completed;
  expect(counted({ source_node: 'pve1', target_node: 'pve2' })).toBe(2);
  expect(outcomeStatistics(outcomes, back)).toMatchObject({ success_rate: 0, verdict_counts: { harmful: 1 } });
  expect(counted({ vmid: 100 })).toBe(2);
  expect(counted({ vmid: 100, source_node: 'pve1' })).toBe(1);
});

test('the newest fifty count, of those that match', () => {
  const others = Array.from({ length: 60 }, () => ended('harmful', { vmid: 7 }));
  const outcomes = [...others, ...Array.from({ length: 50 }, () => ended('neutral')), ended('harmful')];
  expect(outcomeStatistics(outcomes)).toMatchObject({ total_completed: 50, success_rate: 0 });
  expect(outcomeStatistics(outcomes, { vmid: 100 })).toMatchObject({ total_completed: 50, success_rate: 100 });
});
