import { ThresholdSuggestions } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aNode } from './testing/build.ts';
import { suggestThresholds } from './threshold-suggestions.ts';

type Load = [cpu: number, mem: number, iowait: number];
const nodes = (...loads: Load[]) => loads.map(([cpu, mem, iowait], i) => aNode({ name: `n${i}`, cpu, mem, iowait }));
const same = (count: number, load: Load) => nodes(...Array.from({ length: count }, () => load));

test.each([
  ['three nodes apart', nodes([60, 70, 12], [20, 40, 3], [40, 50, 4]), [50, 60, 22], 'high'],
  ['two idle nodes with some I/O wait', same(2, [20, 30, 12]), [53, 65, 17], 'medium'],
  ['eight busy nodes in balance', same(8, [60, 50, 5]), [80, 90, 40], 'high'],
  ['twenty very busy nodes', same(20, [80, 85, 5]), [85, 90, 40], 'high'],
  ['five nodes stuck on their disks', same(5, [10, 10, 40]), [60, 75, 17], 'high'],
  ['sixteen moderate nodes', same(16, [40, 45, 25]), [71, 85, 30], 'high'],
])('%s', (_given, cluster, [cpu, mem, iowait], confidence) => {
  const answer = suggestThresholds(cluster);
  expect(answer).toMatchObject({
    suggested_cpu_threshold: cpu,
    suggested_mem_threshold: mem,
    suggested_iowait_threshold: iowait,
    confidence,
    analysis_period: '7 days',
  });
  expect(() => ThresholdSuggestions.parse(answer)).not.toThrow();
});

test('every step is shown, in order, with what it adds', () => {
  const { adjustments, cluster_stats } = suggestThresholds(same(2, [20, 30, 12]));
  expect(adjustments.map((one) => [one.factor, one.adjustment, one.direction])).toEqual([
    ['Cluster Size', '-10%', 'decrease'],
    ['Load Balance', '+10%', 'increase'],
    ['Overall Load', '-5%', 'decrease'],
    ['I/O Pressure', '-5%', 'decrease'],
  ]);
  expect(cluster_stats).toMatchObject({
    cluster_size: 'minimal',
    balance_status: 'balanced',
    iowait_level: 'elevated',
  });
});

test('no history → the defaults, I/O wait among them, and why', () => {
  const fresh = aNode({ metrics: { has_historical: false } });
  for (const none of [[], [fresh], [aNode({ status: 'offline' })]]) {
    const answer = suggestThresholds(none);
    expect(answer).toMatchObject({
      suggested_cpu_threshold: 60,
      suggested_mem_threshold: 70,
      suggested_iowait_threshold: 30,
      confidence: 'low',
    });
    expect(answer.reasoning).toBeTypeOf('string');
  }
});

test('a node without history, also an offline one → less sure', () => {
  const cluster = [...same(3, [40, 45, 2]), aNode({ status: 'offline', metrics: { has_historical: false } })];
  expect(suggestThresholds(cluster).confidence).toBe('medium');
});

test('a week that was not read → the day', () => {
  const week = { avg_cpu_week: 0, avg_mem_week: 0, avg_iowait_week: 0 };
  const answer = suggestThresholds([aNode({ cpu: 40, mem: 45, iowait: 2, metrics: week })]);
  expect(answer).toMatchObject({ analysis_period: '24 hours', cluster_stats: { avg_cpu: 40, avg_mem: 45 } });
});
