import { z } from 'zod';
import { PenaltyOverrides } from './penalty-patch.ts';

const fields = {
  sensitivity: z.int().min(1).max(3).describe('1: few moves, 2: balanced, 3: eager'),
  trend_weight: z.int().min(0).max(100).describe('Percent: how much the past counts against the present'),
  lookback_days: z.literal([1, 3, 7, 14, 30]).describe('Days of history that trends are read from'),
  min_confidence: z.int().min(50).max(95).describe('Percent: automation leaves moves it is less sure of'),
  protect_workloads: z.boolean().describe('Leave room for what guests are known to do: bursts and growth'),
  min_score_improvement: z
    .number()
    .min(1)
    .max(100)
    .nullable()
    .describe('Points a move must gain; null: as the sensitivity has it'),
  expert_overrides: PenaltyOverrides.nullable().describe(
    'Penalties laid over the defaults, instead of what the other settings stand for; null: none',
  ),
};

/** A few words that stand for a whole penalty configuration. */
export const MigrationSettings = z
  .strictObject({
    sensitivity: fields.sensitivity.default(2),
    trend_weight: fields.trend_weight.default(60),
    lookback_days: fields.lookback_days.default(7),
    min_confidence: fields.min_confidence.default(75),
    protect_workloads: fields.protect_workloads.default(true),
    min_score_improvement: fields.min_score_improvement.default(null),
    expert_overrides: fields.expert_overrides.default(null),
  })
  .meta({ id: 'MigrationSettings' });
export type MigrationSettings = z.output<typeof MigrationSettings>;

/** Those a caller wants changed. */
export const MigrationSettingsPatch = z.strictObject(fields).partial().meta({ id: 'MigrationSettingsPatch' });

export const defaultMigrationSettings = (): MigrationSettings => MigrationSettings.parse({});

/** What each of them does, in words. */
export const migrationSettingsDescriptions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(fields).map(([name, schema]) => [name, schema.description ?? '']),
);
