import { z } from 'zod';
import { AutomationDecision, AutomationRun } from './events.ts';
import { rpc } from './kit/rpc.ts';
import { GuestType, Instant, Vmid } from './values.ts';

/** Longest page of a history. */
export const historyPageMax = 500;

/** A run of the automation with what it came to. */
export const AutomationRunSummary = z
  .object({
    ...AutomationRun.omit({ decisions: true }).shape,
    timestamp: Instant.describe('When it began'),
    mode: z.enum(['dry-run', 'live']),
    duration_seconds: z.number().min(0),
    migrations_executed: z.int().describe('0 as long as automation only observes'),
    migrations_successful: z.int(),
    decisions: z.array(
      z.object({
        ...AutomationDecision.shape,
        priority_rank: z.int().describe('Place among the candidates, from 1'),
        total_candidates: z.int(),
      }),
    ),
  })
  .meta({ id: 'AutomationRunSummary' });
export type AutomationRunSummary = z.infer<typeof AutomationRunSummary>;

export const automatedStatuses = ['dry-run'] as const;

/** A move that automation decided on. */
export const AutomatedMigration = z
  .object({
    id: z.string().describe('The same each time: run and guest'),
    run_id: z.string(),
    timestamp: Instant,
    vmid: Vmid,
    name: z.string(),
    type: GuestType.nullable().describe('null: decided by a version that did not record it'),
    source_node: z.string(),
    target_node: z.string(),
    status: z.enum(automatedStatuses).describe('dry-run: decided, and not carried out'),
    reason: z.string(),
    score_improvement: z.number().nullable(),
    confidence_score: z.number().nullable(),
    dry_run: z.boolean(),
    initiated_by: z.literal('automated'),
  })
  .meta({ id: 'AutomatedMigration' });
export type AutomatedMigration = z.infer<typeof AutomatedMigration>;

const page = {
  limit: z.int().min(1).max(historyPageMax).optional().describe('All without it'),
  offset: z.int().min(0).optional(),
};
const total = z.int().describe('Matches before limit and offset');

export const ReadAutomationRuns = rpc('automation.runs', {
  summary: 'Past runs of the automation with every decision, the newest first',
  request: z.object({ status: AutomationRun.shape.status.optional(), ...page }),
  reply: z.object({ runs: z.array(AutomationRunSummary), total }),
  errors: ['broker-unavailable'],
});

export const ReadAutomatedMigrations = rpc('automation.migrations', {
  summary: 'Moves that automation decided on, the newest first',
  request: z.object({
    status: z.enum(automatedStatuses).optional(),
    from: Instant.optional(),
    to: Instant.optional().describe('Inclusive, as `from`'),
    ...page,
  }),
  reply: z.object({ migrations: z.array(AutomatedMigration), total }),
  errors: ['broker-unavailable'],
});
