import { z } from 'zod';
import { GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

/** The newest so many outcomes are kept. */
export const outcomesMax = 500;

export const outcomeStatuses = ['pending_5min', 'pending_1h', 'pending_24h', 'completed'] as const;
export const OutcomeStatus = z
  .enum(outcomeStatuses)
  .describe('Which look at the nodes comes next, counted from the end of the move');
export type OutcomeStatus = z.infer<typeof OutcomeStatus>;

export const OutcomeVerdict = z
  .enum(['beneficial', 'neutral', 'harmful', 'inconclusive'])
  .describe('inconclusive: something that decides it could not be measured')
  .meta({ id: 'OutcomeVerdict' });
export type OutcomeVerdict = z.infer<typeof OutcomeVerdict>;

const delta = (what: string) => z.number().nullable().describe(`${what}; null: unknown`);

/** What both nodes of a move gained by it, in percentage points: before minus after, so that what is relieved is positive. */
export const LoadShift = z
  .object({
    source_cpu_delta: delta('CPU of the source'),
    source_mem_delta: delta('Memory of the source'),
    target_cpu_delta: delta('CPU of the target, below 0 when it got busier'),
    target_mem_delta: delta('Memory of the target, below 0 when it got fuller'),
  })
  .meta({ id: 'LoadShift' });
export type LoadShift = z.infer<typeof LoadShift>;

const NodeLook = z
  .object({
    cpu: Percent.nullable(),
    mem: Percent.nullable(),
    iowait: Percent.nullable(),
    guest_count: z.int().describe('Guests that run there'),
  })
  .meta({ id: 'NodeLook', description: 'Load of a node at one moment; null: could not be read' });

/** One look at both nodes of a move, live. */
export const OutcomeSnapshot = z
  .object({
    timestamp: Instant,
    source_node: NodeLook,
    target_node: NodeLook,
    others: LoadShift.nullable()
      .optional()
      .describe('What other guests that came, went or changed did since before the move: no part of the improvement'),
  })
  .meta({ id: 'OutcomeSnapshot' });
export type OutcomeSnapshot = z.infer<typeof OutcomeSnapshot>;

/** What a move was to bring and what it brought, in the same units at both of its ends. */
export const MigrationOutcome = z
  .object({
    key: z.string().describe('`<vmid>_<time of the look before>`'),
    migration_id: z.uuid(),
    vmid: Vmid,
    guest_type: GuestType,
    source_node: NodeName,
    target_node: NodeName,
    completed_at: Instant,
    status: OutcomeStatus,
    pre_migration: OutcomeSnapshot,
    post_5min: OutcomeSnapshot.nullable().describe('null: not yet, or nobody could look in time'),
    post_1h: OutcomeSnapshot.nullable(),
    post_24h: OutcomeSnapshot.nullable(),
    post_migration: OutcomeSnapshot.nullable().describe('The same as post_5min'),
    predicted: LoadShift,
    predicted_improvement: z.number().nullable().describe('Predicted relief of the source’s CPU, percentage points'),
    actual_improvement: LoadShift.nullable().describe('After 5 minutes, without what other guests did'),
    sustained_improvement: LoadShift.nullable().describe('After 24 hours, without what other guests did'),
    accuracy_pct: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe('100 less the share by which the improvement after 5 minutes missed the prediction, over both ends'),
    source_verdict: OutcomeVerdict.nullable().describe('Whether the source was relieved; null: not yet'),
    target_verdict: OutcomeVerdict.nullable().describe('Whether the target was harmed; null: not yet'),
    verdict: OutcomeVerdict.nullable().describe('Of both ends; null: not yet'),
    notes: z.array(z.string()).describe('What could not be measured and why, and what others did meanwhile'),
  })
  .meta({ id: 'MigrationOutcome' });
export type MigrationOutcome = z.infer<typeof MigrationOutcome>;

const rate = Percent.nullable();

/** How past moves turned out: the newest 50 whose verdict is conclusive. Rates are null where nothing was measured. */
export const OutcomeStatistics = z
  .object({
    total_completed: z.int(),
    success_rate: rate.describe('Share that was beneficial or neutral'),
    beneficial_rate: rate,
    avg_accuracy_pct: rate,
    avg_cpu_improvement: z.number().nullable().describe('Percentage points the source was relieved of'),
    avg_sustained_cpu_improvement: z.number().nullable(),
    verdict_counts: z.object({ beneficial: z.int(), neutral: z.int(), harmful: z.int() }),
  })
  .meta({ id: 'OutcomeStatistics' });
export type OutcomeStatistics = z.infer<typeof OutcomeStatistics>;
