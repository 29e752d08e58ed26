import type { z } from 'zod';
import { RefusedError } from './errors.ts';
import { deepPartial } from './kit/deep-partial.ts';
import { PenaltyConfig } from './penalties.ts';

/** Some penalties, to be laid over others. Each is in its range; whether the whole holds together shows in the result. */
export type PenaltyPatch = Partial<Omit<PenaltyConfig, 'seasonal_baseline'>> & {
  seasonal_baseline?: Partial<PenaltyConfig['seasonal_baseline']> | undefined;
};
const some = deepPartial(PenaltyConfig) as z.ZodType<PenaltyPatch, PenaltyPatch>;
export const PenaltyPatch = some.meta({ id: 'PenaltyPatch' });

/** Penalties with a patch laid over them. Refuses a whole that contradicts itself, naming fields below `at`. */
export function withPenalties(config: PenaltyConfig, patch: PenaltyPatch, at: string): PenaltyConfig {
  const parsed = PenaltyConfig.safeParse(laidOver(config, patch));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => ({ path: [at, ...path].join('.'), message }));
  const sentence = details.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new RefusedError('invalid-input', sentence, details);
}

/** A patch that can stand on its own, over the defaults. */
export const PenaltyOverrides = some.superRefine((patch, { addIssue }) => {
  const { error } = PenaltyConfig.safeParse(laidOver(PenaltyConfig.parse({}), patch));
  for (const { path, message } of error?.issues ?? []) addIssue({ code: 'custom', path, message });
});

const laidOver = (config: PenaltyConfig, patch: PenaltyPatch) => ({
  ...config,
  ...patch,
  seasonal_baseline: { ...config.seasonal_baseline, ...patch.seasonal_baseline },
});
