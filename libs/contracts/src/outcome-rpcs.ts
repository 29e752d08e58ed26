import { z } from 'zod';
import { rpc } from './kit/rpc.ts';
import { MigrationOutcome, OutcomeStatistics, outcomesMax } from './outcome.ts';
import { Vmid } from './values.ts';

export const ReadOutcomes = rpc('migrator.outcomes', {
  summary: 'What past moves brought, the newest first',
  request: z.object({
    vmid: Vmid.optional(),
    limit: z.int().min(1).max(outcomesMax),
    offset: z.int().min(0).max(outcomesMax),
  }),
  reply: z.object({
    outcomes: z.array(MigrationOutcome),
    total: z.int().describe('Matches before limit and offset'),
    statistics: OutcomeStatistics.describe('Of all matches'),
  }),
  errors: ['broker-unavailable'],
});

export const RefreshOutcomes = rpc('migrator.refresh-outcomes', {
  summary: 'Take the looks that are due now, without waiting for their jobs',
  request: z.object({}),
  reply: z.object({
    updated: z.int().describe('Outcomes that got a look'),
    skipped: z.int().describe('Those whose next look is not due, or could not be taken'),
    error: z.string().nullable().describe('Why looks that are due could not be taken'),
  }),
  errors: ['broker-unavailable'],
  timeoutMs: 40_000,
});
