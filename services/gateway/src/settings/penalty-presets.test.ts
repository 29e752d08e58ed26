import { defaultPenalties, PenaltyConfig, PenaltyPresetName } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { activePreset, penaltyPresets } from './penalty-presets.ts';

const defaults = defaultPenalties();
/** What a preset has otherwise than the defaults. */
const differing = (name: PenaltyPresetName) =>
  Object.fromEntries(
    Object.entries(penaltyPresets[name].config).filter(([key, value]) => {
      const known: unknown = defaults[key as keyof PenaltyConfig];
      return JSON.stringify(known) !== JSON.stringify(value);
    }),
  );

test.each<[PenaltyPresetName, object]>([
  ['balanced', {}],
  [
    'conservative',
    {
      ...{ cpu_high_penalty: 15, cpu_very_high_penalty: 40, cpu_extreme_penalty: 80 },
      ...{ mem_high_penalty: 6, mem_very_high_penalty: 15, mem_extreme_penalty: 40 },
      ...{ min_score_improvement: 25, weight_current: 0.4, weight_24h: 0.35, weight_7d: 0.25 },
    },
  ],
  [
    'aggressive',
    {
      ...{ cpu_high_penalty: 30, cpu_very_high_penalty: 65, cpu_extreme_penalty: 130 },
      ...{ mem_high_penalty: 10, mem_very_high_penalty: 25, mem_extreme_penalty: 60 },
      ...{ min_score_improvement: 8, weight_current: 0.6, weight_7d: 0.1 },
    },
  ],
])('%s is the reference’s', (name, expected) => {
  expect(differing(name)).toEqual(expected);
});

describe('a focus', () => {
  test.each<['cpu_focus' | 'memory_focus', Partial<PenaltyConfig>]>([
    [
      'cpu_focus',
      {
        ...{
          cpu_high_penalty: 30,
          cpu_sustained_critical: 225,
          cpu_trend_rising_penalty: 22.5,
          cpu_spike_moderate: 7.5,
        },
        ...{ predicted_cpu_extreme_penalty: 150, mem_high_penalty: 4, mem_sustained_high: 5, mem_spike_high: 2.5 },
        ...{ predicted_mem_over_penalty: 5, mem_overcommit_high_penalty: 12.5, mem_trend_rising_penalty: 0 },
      },
    ],
    [
      'memory_focus',
      {
        ...{ mem_high_penalty: 16, mem_sustained_critical: 120, mem_spike_extreme: 40, predicted_mem_high_penalty: 50 },
        ...{ mem_overcommit_penalty: 16, mem_trend_rising_penalty: 10, cpu_high_penalty: 15 },
        ...{ cpu_sustained_high: 30, cpu_spike_moderate: 3.75, predicted_cpu_over_penalty: 18.75 },
      },
    ],
  ])('%s shifts points from one resource to the other', (name, expected) => {
    expect(penaltyPresets[name].config).toMatchObject(expected);
  });

  test.each(['cpu_focus', 'memory_focus'] as const)('%s leaves everything that is no CPU or memory penalty', (name) => {
    const touched = Object.keys(differing(name));
    expect(touched.filter((key) => !/^(predicted_)?(cpu|mem)_/.test(key))).toEqual([]);
    expect(touched.filter((key) => key.includes('offset'))).toEqual([]);
    // Eleven tiers and four that are predicted or rising for each; a rising memory of 0 stays 0 when it is halved.
    expect(touched).toHaveLength(name === 'cpu_focus' ? 14 + 15 : 14 + 16);
  });
});

describe('the active one', () => {
  test.each(PenaltyPresetName.options)('%s is found again', (name) => {
    expect(PenaltyConfig.parse(penaltyPresets[name].config)).toEqual(penaltyPresets[name].config);
    expect(activePreset(structuredClone(penaltyPresets[name].config))).toBe(name);
  });

  test.each<[string, Partial<PenaltyConfig>]>([
    ['a value', { cpu_high_penalty: 21 }],
    ['a switch', { iowait_exempt_enabled: false }],
    ['something inside', { seasonal_baseline: { enabled: true, sigma_threshold: 2 } }],
  ])('one with another %s is custom', (_, over) => {
    expect(activePreset({ ...defaults, ...over })).toBe('custom');
  });

  test('in whatever order its keys are', () => {
    const reversed = Object.fromEntries(Object.entries(defaults).reverse()) as PenaltyConfig;
    expect(activePreset(reversed)).toBe('balanced');
  });
});
