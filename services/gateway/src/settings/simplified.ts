import {
  defaultPenalties,
  type MigrationSettings,
  MigrationSettingsPatch,
  type PenaltyConfig,
  type PutMigrationSettings,
  RefusedError,
  type Settings,
  withPenalties,
} from '@proxbalance/contracts';
import type { z } from 'zod';
import { scaledPenalties } from './scaled-penalties.ts';

const steps = {
  1: { scale: 0.75, improvement: 25, convergence: 12 },
  2: { scale: 1, improvement: 15, convergence: 8 },
  3: { scale: 1.3, improvement: 8, convergence: 5 },
} as const;

/**
 * The penalties that simplified settings stand for: the defaults with the expert's values over them, or else all of them
 * scaled by the sensitivity s (memory by half as much), and the weights by how much the past counts.
 */
export function penaltiesOf(settings: MigrationSettings): PenaltyConfig {
  const defaults = defaultPenalties();
  const { expert_overrides: overrides, min_score_improvement: wanted } = settings;
  if (hasOverrides(settings)) return withPenalties(defaults, overrides ?? {}, 'expert_overrides');
  const { scale, improvement, convergence } = steps[settings.sensitivity as keyof typeof steps];
  const scaled = (by: number) => (points: number) => toEven(points * by);
  const patch = {
    ...scaledPenalties({ cpu: scaled(scale), iowait: scaled(scale), mem: scaled(1 + (scale - 1) / 2) }),
    min_score_improvement: wanted ?? improvement,
    cluster_convergence_threshold: convergence,
    ...weightsOf(settings.trend_weight / 100),
  };
  return withPenalties(defaults, patch, 'settings');
}

/** A patch of all settings; where it sets simplified ones and no penalties, the penalties follow. */
export function penaltiesFollowing(patch: Record<string, unknown>, saved: Settings): Record<string, unknown> {
  const { migration_settings: asked, penalty_scoring: penalties } = patch as Partial<Settings>;
  if (!asked || penalties) return patch;
  return { ...patch, penalty_scoring: penaltiesOf({ ...saved.migration_settings, ...asked }) };
}

type Asked = z.output<NonNullable<typeof PutMigrationSettings.body>>;

/** What is to change, whichever of the two ways it was written; a setting written both ways is refused. */
export function askedSettings(body: Asked): z.output<typeof MigrationSettingsPatch> {
  const names = Object.keys(MigrationSettingsPatch.shape);
  const flat = Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
  const twice = Object.keys(flat).filter((name) => Object.hasOwn(body.settings ?? {}, name));
  if (twice.length > 0) {
    const message = 'is given twice, here and in settings';
    throw new RefusedError(
      'invalid-input',
      `${twice.join(', ')} ${message}`,
      twice.map((path) => ({ path, message })),
    );
  }
  return { ...body.settings, ...flat };
}

export const hasOverrides = ({ expert_overrides }: MigrationSettings): boolean =>
  Object.keys(expert_overrides ?? {}).length > 0;

/** By w, the weight of the past: 90 % now and 10 % of the day without it, 15 %, 35 % and 50 % of the week with all of it. */
const weightsOf = (w: number) => ({
  weight_current: hundredths(0.9 - 0.75 * w),
  weight_24h: hundredths(0.1 + 0.25 * w),
  weight_7d: hundredths(0.5 * w),
});

/** Two decimals of the exact binary value; only odd eighths lie just between two of them, and go to the even one. */
const hundredths = (value: number): number =>
  Math.abs((value * 8) % 2) === 1 ? toEven(value * 100) / 100 : Number(value.toFixed(2));

/** Nearest integer; exact halves go to the even neighbour (19.5 → 20, 32.5 → 32). */
function toEven(value: number): number {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
