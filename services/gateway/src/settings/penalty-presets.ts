import { isDeepStrictEqual } from 'node:util';
import { PenaltyConfig, PenaltyPresetName } from '@proxbalance/contracts';
import { scaledPenalties } from './scaled-penalties.ts';

export type PenaltyPreset = { label: string; description: string; config: PenaltyConfig };

/** The preset whose every key is as it is here. */
export const activePreset = (config: PenaltyConfig): PenaltyPresetName | 'custom' =>
  PenaltyPresetName.options.find((name) => isDeepStrictEqual(penaltyPresets[name].config, config)) ?? 'custom';

const preset = (label: string, description: string, over: object): PenaltyPreset => ({
  label,
  description,
  config: PenaltyConfig.parse(over),
});

const tiers = (resource: 'cpu' | 'mem', high: number, veryHigh: number, extreme: number) => ({
  [`${resource}_high_penalty`]: high,
  [`${resource}_very_high_penalty`]: veryHigh,
  [`${resource}_extreme_penalty`]: extreme,
});

const weights = (weight_current: number, weight_24h: number, weight_7d: number) => ({
  weight_current,
  weight_24h,
  weight_7d,
});

/** Sets of penalties by name: the defaults, and what each has otherwise. */
export const penaltyPresets: Readonly<Record<PenaltyPresetName, PenaltyPreset>> = {
  conservative: preset('Conservative', 'Few moves: only clear gains count, and the past week weighs more', {
    ...tiers('cpu', 15, 40, 80),
    ...tiers('mem', 6, 15, 40),
    min_score_improvement: 25,
    ...weights(0.4, 0.35, 0.25),
  }),
  balanced: preset('Balanced', 'The defaults: a middle ground between calm and evenness', {}),
  aggressive: preset('Aggressive', 'More moves: small gains count, and the present load weighs more', {
    ...tiers('cpu', 30, 65, 130),
    ...tiers('mem', 10, 25, 60),
    min_score_improvement: 8,
    ...weights(0.6, 0.3, 0.1),
  }),
  cpu_focus: preset(
    'CPU focus',
    'For clusters short of CPU: CPU penalties half as high again, memory penalties halved',
    scaledPenalties({ cpu: (points) => points * 1.5, mem: (points) => points * 0.5 }),
  ),
  memory_focus: preset(
    'Memory focus',
    'For clusters short of memory: memory penalties doubled, CPU penalties a quarter lower, rising memory counts',
    {
      ...scaledPenalties({ cpu: (points) => points * 0.75, mem: (points) => points * 2 }),
      mem_trend_rising_penalty: 10,
    },
  ),
};
