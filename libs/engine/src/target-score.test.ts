import { defaultPenalties, type Node } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { type GuestUse, neutralGuest } from './load.ts';
import { MIB } from './numbers.ts';
import { suitability, type TargetScoreInput, targetScore } from './target-score.ts';
import { aGuest, aNode } from './testing/build.ts';

const guest = aGuest({ cpu_current: 50, cpu_cores: 4, mem_used_gb: 8, mem_max_gb: 8, disk_read_bps: 40 * MIB });
const node = (cpu: number, mem: number, iowait: number, parts: Partial<Node> = {}) =>
  aNode({ cpu, mem, iowait, ...parts });
const pending: GuestUse = { ...neutralGuest, cpu_current: 80, cpu_cores: 4, mem_used_gb: 6, mem_max_gb: 16 };
const trend = (rate: number, stability: number): NonNullable<TargetScoreInput['trend']> => ({
  cpu: { rate_per_day: rate, confidence: 'high' },
  memory: { rate_per_day: 0, confidence: 'high' },
  overall_stability: stability,
});
const noHistory = aNode({ cpu: 40, mem: 50, iowait: 2, metrics: { has_historical: false } });

type Row = [
  given: string,
  input: Partial<TargetScoreInput> & { node: Node },
  score: number,
  parts: Record<string, number>,
];

const rows: Row[] = [
  [
    'a hot node without its guest',
    { node: node(85, 80, 5), adding: false },
    315.7375,
    { current_cpu: 100, current_mem: 8, sustained_cpu: 80, cpu_spikes: 20, predicted_cpu: 50 },
  ],
  [
    'a hot node with one more guest',
    { node: node(85, 80, 5) },
    426.6375,
    { current_cpu: 100, current_mem: 8, sustained_cpu: 80, cpu_spikes: 20, predicted_cpu: 100, predicted_mem: 50 },
  ],
  ['a warm node', { node: node(55, 60, 2) }, 85.15, { predicted_cpu: 25, predicted_mem: 10 }],
  ['a cool node', { node: node(20, 30, 2) }, 27.9, {}],
  ['a node without history', { node: noHistory }, 41.15, {}],
  ['a node waiting for its disks', { node: node(40, 50, 35) }, 186.5125, { iowait_current: 80, iowait_sustained: 60 }],
  ['the same node, exempt', { node: node(40, 50, 35, { iowait_exempt: true }) }, 44.325, {}],
  [
    'memory promised 1.6 times',
    { node: node(40, 50, 2, { mem_overcommit_ratio: 1.6 }) },
    57.15,
    { mem_overcommit: 16 },
  ],
  [
    'full memory promised 2.4 times: memory penalties are capped',
    { node: node(40, 97, 2, { mem_overcommit_ratio: 2.4 }) },
    109.7275,
    { current_mem: 15, sustained_mem: 18, mem_spikes: 6, predicted_mem: 15, mem_overcommit: 7 },
  ],
  [
    'two guests on their way',
    { node: node(40, 50, 2), pending: [pending, pending] },
    180.1875,
    { predicted_cpu: 100, predicted_mem: 25 },
  ],
  [
    'a bursty guest',
    { node: node(40, 50, 2), profile: { behavior: 'bursty', peak_multiplier: 2.5, growth_rate_per_day: 0 } },
    69.775,
    { predicted_cpu: 25 },
  ],
  [
    'a growing guest',
    { node: node(40, 50, 2), profile: { behavior: 'growing', peak_multiplier: 1, growth_rate_per_day: 10 } },
    41.875,
    {},
  ],
  ['a guest that adds nothing', { node: node(40, 50, 2), guest: neutralGuest }, 35.7, {}],
  [
    'a very steady node: CPU points count 0.7 times',
    { node: node(65, 50, 2), trend: trend(0, 100) },
    106.025,
    { current_cpu: 14, cpu_spikes: 4, predicted_cpu: 35 },
  ],
  [
    'a steadily rising node',
    { node: node(65, 50, 2), trend: trend(4.8, 98) },
    137.025,
    { current_cpu: 14, cpu_trend: 31, cpu_spikes: 4, predicted_cpu: 35 },
  ],
  [
    'a restless node',
    { node: node(65, 50, 2), trend: trend(0, 58) },
    128.025,
    { current_cpu: 20, cpu_spikes: 5, predicted_cpu: 50 },
  ],
];

test.each(rows)('%s → its score and its penalties', (_given, input, score, parts) => {
  const answer = targetScore({
    guest,
    thresholds: { cpu_threshold: 60, mem_threshold: 70 },
    config: defaultPenalties(),
    adding: true,
    ...input,
  });
  expect(answer.score).toBeCloseTo(score, 6);
  expect(Object.fromEntries(Object.entries(answer.details.penalties).filter(([, points]) => points > 0))).toEqual(
    parts,
  );
  expect(answer.details.explanations).toHaveLength(Object.keys(parts).length);
});

test('a score of 28.82 → 71.2 % suitable, one above 100 → not at all', () => {
  expect(suitability(28.82)).toBe(71.2);
  expect(suitability(300)).toBe(0);
});
