import { z } from 'zod';
import { route } from '../kit/route.ts';
import { PenaltyConfig, PenaltyPresetName } from '../penalties.ts';
import { PenaltyPatch } from '../penalty-patch.ts';
import { JudgementInput } from '../scoring.ts';
import { Simulation } from '../simulation.ts';
import { asRead, ok } from './shapes.ts';

const words = { label: z.string(), description: z.string() };
const activePreset = z
  .enum([...PenaltyPresetName.options, 'custom'])
  .describe('custom: no preset has just these values');
const saving = ['conflict', 'broker-unavailable'] as const;

export const GetPenaltyConfig = route('GET', '/api/penalty-config', {
  tag: 'Configuration',
  summary: 'What every disadvantage of a node costs; can be posted back',
  role: 'viewer',
  reply: ok({
    config: PenaltyConfig,
    defaults: PenaltyConfig,
    presets: z.record(PenaltyPresetName, z.object(words)),
    active_preset: activePreset,
  }),
  errors: [],
});

export const PostPenaltyConfig = route('POST', '/api/penalty-config', {
  tag: 'Configuration',
  summary: 'Change some penalties; what is absent stays',
  role: 'admin',
  body: z.strictObject({ config: PenaltyPatch, ...asRead('success', 'defaults', 'presets', 'active_preset') }),
  reply: ok({ message: z.string(), config: PenaltyConfig, active_preset: activePreset }),
  errors: saving,
});

export const ResetPenaltyConfig = route('POST', '/api/penalty-config/reset', {
  tag: 'Configuration',
  summary: 'Take the default penalties',
  role: 'admin',
  reply: ok({ message: z.string(), config: PenaltyConfig, active_preset: activePreset }),
  errors: saving,
});

export const GetPenaltyPresets = route('GET', '/api/penalty-config/presets', {
  tag: 'Configuration',
  summary: 'Sets of penalties that go together',
  role: 'viewer',
  reply: ok({
    presets: z.record(PenaltyPresetName, z.object({ ...words, config: PenaltyConfig })),
    active_preset: activePreset,
  }),
  errors: [],
});

export const ApplyPenaltyPreset = route('POST', '/api/penalty-config/presets/:name', {
  tag: 'Configuration',
  summary: 'Take a set of penalties whole',
  role: 'admin',
  params: z.strictObject({ name: PenaltyPresetName.describe('Name of the preset') }),
  reply: ok({ message: z.string(), config: PenaltyConfig, active_preset: activePreset }),
  errors: saving,
});

export const SimulatePenaltyConfig = route('POST', '/api/penalty-config/simulate', {
  tag: 'Recommendations',
  summary: 'What other penalties would recommend from the latest snapshot; nothing is saved',
  role: 'operator',
  body: JudgementInput.extend({ config: PenaltyPatch }),
  reply: ok(Simulation.shape),
  errors: ['no-snapshot', 'node-not-found', 'service-unavailable', 'broker-unavailable'],
});
