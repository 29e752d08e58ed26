import { z } from 'zod';
import { route } from '../kit/route.ts';
import { MigrationSettings, MigrationSettingsPatch } from '../migration-settings.ts';
import { PenaltyConfig } from '../penalties.ts';
import { JudgementInput, Thresholds } from '../scoring.ts';
import { ThresholdSuggestions } from '../threshold-suggestions.ts';
import { asRead, ok } from './shapes.ts';

const shown = {
  settings: MigrationSettings,
  effective_penalty_config: PenaltyConfig.describe('The penalties in force'),
  is_in_force: z
    .boolean()
    .describe('Whether these settings stand for the penalties in force, or others were set since'),
  has_expert_overrides: z.boolean(),
};
const saving = ['conflict', 'broker-unavailable'] as const;

export const GetMigrationSettings = route('GET', '/api/migration-settings', {
  tag: 'Configuration',
  summary: 'A few words that stand for all penalties; can be put back',
  role: 'viewer',
  reply: ok({
    ...shown,
    defaults: MigrationSettings,
    descriptions: z.record(z.string(), z.string()).describe('What each setting does'),
  }),
  errors: [],
});

export const PutMigrationSettings = route('PUT', '/api/migration-settings', {
  tag: 'Configuration',
  summary: 'Change some of these settings, and with them all penalties; what is absent stays',
  role: 'admin',
  body: z.strictObject({
    ...MigrationSettingsPatch.shape,
    settings: MigrationSettingsPatch.optional().describe('The same fields, as they are read'),
    ...asRead('success', 'effective_penalty_config', 'is_in_force', 'has_expert_overrides', 'defaults', 'descriptions'),
  }),
  reply: ok({ message: z.string(), ...shown }),
  errors: saving,
});

export const ResetMigrationSettings = route('POST', '/api/migration-settings/reset', {
  tag: 'Configuration',
  summary: 'Take the default settings, and the penalties they stand for',
  role: 'admin',
  reply: ok({ message: z.string(), ...shown }),
  errors: saving,
});

export const GetThresholds = route('GET', '/api/settings/recommendation-thresholds', {
  tag: 'Configuration',
  summary: 'The thresholds judgements are made against; can be posted back',
  role: 'viewer',
  reply: ok(Thresholds.shape),
  errors: [],
});

export const PostThresholds = route('POST', '/api/settings/recommendation-thresholds', {
  tag: 'Configuration',
  summary: 'Change some thresholds; what is absent stays',
  role: 'admin',
  body: JudgementInput.omit({ maintenance_nodes: true }).extend(asRead('success')),
  reply: ok({ message: z.string(), ...Thresholds.shape }),
  errors: saving,
});

export const GetThresholdSuggestions = route('GET', '/api/recommendations/threshold-suggestions', {
  tag: 'Recommendations',
  summary: 'Thresholds that fit this cluster, and why',
  role: 'viewer',
  reply: ok(ThresholdSuggestions.shape),
  errors: ['no-snapshot', 'service-unavailable', 'broker-unavailable'],
});
