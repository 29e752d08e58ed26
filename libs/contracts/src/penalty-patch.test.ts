import { describe, expect, test } from 'vitest';
import { defaultPenalties } from './penalties.ts';
import { PenaltyOverrides, PenaltyPatch, withPenalties } from './penalty-patch.ts';

const defaults = defaultPenalties();

test('a patch is taken as it is: nothing is filled in', () => {
  for (const patch of [{}, { cpu_high_penalty: 25 }, { seasonal_baseline: { enabled: true } }, defaults])
    expect(PenaltyPatch.parse(patch)).toEqual(patch);
});

test.each<[string, object, string]>([
  ['a key nobody knows', { cpu_hgih_penalty: 20 }, ''],
  ['a key nobody knows, inside', { seasonal_baseline: { sigma: 2 } }, 'seasonal_baseline'],
  ['negative points', { cpu_sustained_high: -1 }, 'cpu_sustained_high'],
  ['a negative weight', { weight_7d: -0.1 }, 'weight_7d'],
  ['points without measure', { mem_spike_extreme: 1e9 }, 'mem_spike_extreme'],
  ['points as text', { cpu_high_penalty: '20' }, 'cpu_high_penalty'],
  ['nothing', { cpu_high_penalty: null }, 'cpu_high_penalty'],
  ['a switch as a number', { iowait_exempt_enabled: 1 }, 'iowait_exempt_enabled'],
])('%s is refused where it is', (_, patch, path) => {
  expect(PenaltyPatch.safeParse(patch).error?.issues[0]?.path.join('.')).toBe(path);
});

describe('laid over penalties', () => {
  test('what is absent stays, also inside', () => {
    const saved = { ...defaults, mem_high_penalty: 9, seasonal_baseline: { enabled: true, sigma_threshold: 3 } };
    const after = withPenalties(saved, { cpu_high_penalty: 25, seasonal_baseline: { sigma_threshold: 4 } }, 'config');
    const seasonal_baseline = { enabled: true, sigma_threshold: 4 };
    expect(after).toEqual({ ...saved, cpu_high_penalty: 25, seasonal_baseline });
    expect(withPenalties(saved, {}, 'config')).toEqual(saved);
    expect(withPenalties(defaults, saved, 'config')).toEqual(saved);
  });

  test('weights that do not add up to 1 are refused by name', () => {
    const wrong = () => withPenalties(defaults, { weight_current: 0.9 }, 'config');
    expect(wrong).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        details: [
          { path: 'config.weight_current', message: 'weight_current + weight_24h + weight_7d must be 1, not 1.4' },
        ],
      }),
    );
  });
});

test('overrides have to stand on their own over the defaults', () => {
  expect(PenaltyOverrides.safeParse({ weight_current: 0.4, weight_24h: 0.4 }).success).toBe(true);
  expect(PenaltyOverrides.safeParse({ weight_current: 0.4 }).error?.issues[0]?.path).toEqual(['weight_current']);
});
