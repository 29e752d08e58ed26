import { expect, test } from 'vitest';
import { defaultPenalties, PenaltyConfig } from './penalties.ts';

/** The reference's table of keys and defaults, row by row. */
const reference = {
  cpu_high_penalty: 20,
  cpu_very_high_penalty: 50,
  cpu_extreme_penalty: 100,
  mem_high_penalty: 8,
  mem_very_high_penalty: 20,
  mem_extreme_penalty: 50,
  cpu_sustained_high: 40,
  cpu_sustained_very_high: 80,
  cpu_sustained_critical: 150,
  mem_sustained_high: 10,
  mem_sustained_very_high: 25,
  mem_sustained_critical: 60,
  iowait_high_penalty: 20,
  iowait_very_high_penalty: 40,
  iowait_extreme_penalty: 80,
  iowait_sustained_elevated: 15,
  iowait_sustained_high: 30,
  iowait_sustained_critical: 60,
  cpu_trend_rising_penalty: 15,
  mem_trend_rising_penalty: 0,
  cpu_spike_moderate: 5,
  cpu_spike_high: 10,
  cpu_spike_very_high: 20,
  cpu_spike_extreme: 30,
  mem_spike_moderate: 2,
  mem_spike_high: 5,
  mem_spike_very_high: 10,
  mem_spike_extreme: 20,
  predicted_cpu_over_penalty: 25,
  predicted_cpu_high_penalty: 50,
  predicted_cpu_extreme_penalty: 100,
  predicted_mem_over_penalty: 10,
  predicted_mem_high_penalty: 25,
  predicted_mem_extreme_penalty: 50,
  mem_overcommit_penalty: 8,
  mem_overcommit_high_penalty: 25,
  cpu_threshold_offset_1: 10,
  cpu_threshold_offset_2: 20,
  mem_threshold_offset_1: 10,
  mem_threshold_offset_2: 20,
  min_score_improvement: 15,
  maintenance_score_boost: 100,
  iowait_score_boost: 30,
  iowait_exempt_enabled: true,
  source_mem_migration_floor: 65,
  weight_current: 0.5,
  weight_24h: 0.3,
  weight_7d: 0.2,
  cluster_convergence_threshold: 8,
  seasonal_baseline: { enabled: false, sigma_threshold: 2 },
};

test('the defaults are the reference’s fifty', () => {
  expect(Object.keys(reference)).toHaveLength(50);
  expect(defaultPenalties()).toEqual(reference);
});

const weights = (current: number, day: number, week: number) => ({
  weight_current: current,
  weight_24h: day,
  weight_7d: week,
});

test.each([
  ['that add up to 1', weights(0.4, 0.35, 0.25), true],
  ['within a hundredth of 1', weights(0.5, 0.3, 0.205), true],
  ['a hundredth above 1', weights(0.88, 0.11, 0.02), true],
  ['a hundredth below 1', weights(0.89, 0.1, 0), true],
  ['two hundredths above 1', weights(0.5, 0.32, 0.2), false],
  ['that leave a part out', weights(0.5, 0.3, 0.1), false],
  ['that count a part twice', weights(0.9, 0.3, 0.2), false],
  ['below 0', weights(1.2, -0.4, 0.2), false],
])('weights %s', (_, config, accepted) => {
  expect(PenaltyConfig.safeParse(config).success).toBe(accepted);
});

test.each([
  ['negative points', { cpu_sustained_high: -1 }],
  ['points as text', { cpu_high_penalty: '20' }],
  ['a key nobody knows', { cpu_hgih_penalty: 20 }],
  ['points without end', { cpu_high_penalty: Number.POSITIVE_INFINITY }],
  ['a convergence that would never move anything', { cluster_convergence_threshold: 21 }],
  ['a convergence below 1', { cluster_convergence_threshold: 0 }],
  ['a sigma below 1', { seasonal_baseline: { sigma_threshold: 0.5 } }],
])('%s are refused', (_, config) => {
  expect(PenaltyConfig.safeParse(config).success).toBe(false);
});

test('what was read can be written back', () => {
  expect(PenaltyConfig.parse(defaultPenalties())).toEqual(defaultPenalties());
});
