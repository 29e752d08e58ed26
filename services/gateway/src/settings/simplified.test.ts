import { defaultPenalties, defaultSettings, MigrationSettings, PenaltyConfig } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { askedSettings, penaltiesFollowing, penaltiesOf } from './simplified.ts';

const settings = (over: object = {}) => MigrationSettings.parse(over);

describe('the penalties they stand for', () => {
  test('by default: the default points, with more of the past in the weights', () => {
    const weights = { weight_current: 0.45, weight_24h: 0.25, weight_7d: 0.3 };
    expect(penaltiesOf(settings())).toEqual({ ...defaultPenalties(), ...weights });
  });

  test.each<[number, Partial<PenaltyConfig>]>([
    [
      1,
      {
        ...{ cpu_high_penalty: 15, cpu_very_high_penalty: 38, cpu_spike_high: 8, cpu_spike_extreme: 22 },
        ...{ iowait_sustained_elevated: 11, cpu_trend_rising_penalty: 11, predicted_cpu_over_penalty: 19 },
        ...{ mem_high_penalty: 7, mem_very_high_penalty: 18, mem_extreme_penalty: 44, mem_trend_rising_penalty: 0 },
        ...{ min_score_improvement: 25, cluster_convergence_threshold: 12 },
      },
    ],
    [
      3,
      {
        ...{
          cpu_high_penalty: 26,
          cpu_spike_moderate: 6,
          cpu_trend_rising_penalty: 20,
          predicted_cpu_over_penalty: 32,
        },
        ...{
          iowait_extreme_penalty: 104,
          mem_high_penalty: 9,
          mem_sustained_high: 12,
          mem_overcommit_high_penalty: 29,
        },
        ...{ min_score_improvement: 8, cluster_convergence_threshold: 5 },
      },
    ],
  ])('sensitivity %i, exact halves to the even neighbour', (sensitivity, expected) => {
    const penalties = penaltiesOf(settings({ sensitivity }));
    expect(penalties).toMatchObject(expected);
    const { cpu_threshold_offset_1, maintenance_score_boost, iowait_score_boost } = penalties;
    expect([cpu_threshold_offset_1, maintenance_score_boost, iowait_score_boost]).toEqual([10, 100, 30]);
  });

  test.each([
    [0, 0.9, 0.1, 0],
    [25, 0.71, 0.16, 0.12],
    [50, 0.53, 0.23, 0.25],
    [100, 0.15, 0.35, 0.5],
  ])('a past of %i percent', (trend_weight, weight_current, weight_24h, weight_7d) => {
    expect(penaltiesOf(settings({ trend_weight }))).toMatchObject({ weight_current, weight_24h, weight_7d });
  });

  test('whatever they are, the result is one that may be saved', () => {
    for (let trend_weight = 0; trend_weight <= 100; trend_weight++)
      for (const sensitivity of [1, 2, 3]) {
        const penalties = penaltiesOf(settings({ sensitivity, trend_weight, min_score_improvement: 42 }));
        expect(PenaltyConfig.parse(penalties)).toEqual(penalties);
        expect(penalties.min_score_improvement).toBe(42);
      }
  });

  test('an expert’s are laid over the defaults, and nothing else counts', () => {
    const expert_overrides = { cpu_high_penalty: 33, seasonal_baseline: { enabled: true } };
    expect(penaltiesOf(settings({ sensitivity: 3, trend_weight: 0, expert_overrides }))).toEqual({
      ...defaultPenalties(),
      cpu_high_penalty: 33,
      seasonal_baseline: { enabled: true, sigma_threshold: 2 },
    });
    expect(penaltiesOf(settings({ sensitivity: 3, expert_overrides: {} })).cpu_high_penalty).toBe(26);
  });
});

test('an expert’s weights that do not add up are refused where they are', () => {
  const wrong = MigrationSettings.safeParse({ expert_overrides: { weight_current: 0.9 } });
  expect(wrong.error?.issues[0]?.path).toEqual(['expert_overrides', 'weight_current']);
});

describe('what is asked', () => {
  test('may be flat, or as it is read, or both', () => {
    expect(askedSettings({ sensitivity: 1 })).toEqual({ sensitivity: 1 });
    expect(askedSettings({ settings: { sensitivity: 1 }, defaults: {} })).toEqual({ sensitivity: 1 });
    expect(askedSettings({ settings: { sensitivity: 1 }, trend_weight: 5 })).toEqual({
      sensitivity: 1,
      trend_weight: 5,
    });
  });

  test('a setting that is given twice is refused', () => {
    expect(() => askedSettings({ sensitivity: 1, settings: { sensitivity: 2 } })).toThrow(
      expect.objectContaining({ details: [{ path: 'sensitivity', message: expect.stringContaining('twice') }] }),
    );
  });
});

describe('a patch of all settings', () => {
  const saved = defaultSettings();
  test('has penalties that follow simplified settings, unless it says its own', () => {
    const patch = { migration_settings: { sensitivity: 3 } };
    expect(penaltiesFollowing(patch, saved)).toMatchObject({ ...patch, penalty_scoring: { cpu_high_penalty: 26 } });
    const both = { ...patch, penalty_scoring: { cpu_high_penalty: 5 } };
    expect(penaltiesFollowing(both, saved)).toBe(both);
    expect(penaltiesFollowing({ proxmox_port: 1 }, saved)).toEqual({ proxmox_port: 1 });
  });
});
