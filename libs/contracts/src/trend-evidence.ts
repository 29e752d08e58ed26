import { z } from 'zod';
import { TrendDirection } from './trends.ts';
import { HoursOfDay, StabilityScore } from './values.ts';

const NodeEvidence = z.object({
  cpu_trend: z.string().describe('Rate as text: +1.2%/day'),
  cpu_direction: TrendDirection,
  mem_trend: z.string(),
  mem_direction: TrendDirection,
  stability_score: StabilityScore,
  above_baseline: z.boolean(),
});

const DecisionFactor = z.object({
  factor: z.string(),
  weight: z.enum(['high', 'medium', 'low']),
  type: z.enum(['problem', 'positive', 'concern', 'info']),
});

const NoEvidence = z.object({ available: z.literal(false), reason: z.string() });
const Evidence = z.object({
  available: z.literal(true),
  source_node_trend: NodeEvidence.extend({ baseline_deviation_sigma: z.number().nullable() }).nullable(),
  target_node_trend: NodeEvidence.nullable(),
  guest_trend: z
    .object({
      cpu_growth_rate: z.string(),
      behavior: z.string(),
      peak_hours: HoursOfDay,
      previous_migrations: z.int(),
    })
    .nullable(),
  decision_factors: z.array(DecisionFactor),
  data_quality: z.object({
    node_history_days: z.number().describe('Of the node of which less is known'),
    guest_history_days: z.number(),
    confidence_note: z.string(),
  }),
});

/** What trends say about a move; `null` for the part of a node or guest without history. */
export const TrendEvidence = z.union([Evidence, NoEvidence]).meta({ id: 'TrendEvidence' });
export type TrendEvidence = z.infer<typeof TrendEvidence>;
