import { z } from 'zod';
import { Instant, NodeName, Vmid } from './values.ts';

/** What somebody thinks of a recommendation. */
export const Feedback = z
  .strictObject({
    vmid: Vmid,
    rating: z.enum(['helpful', 'not_helpful']),
    reason: z.string().max(500).nullish(),
    source_node: NodeName.nullish(),
    target_node: NodeName.nullish(),
    score_improvement: z.number().nullish(),
  })
  .meta({ id: 'Feedback' });
export type Feedback = z.infer<typeof Feedback>;

/** The same as it is kept. */
export const FeedbackEntry = z
  .object({
    vmid: Vmid,
    rating: Feedback.shape.rating,
    reason: z.string(),
    source_node: NodeName.nullable(),
    target_node: NodeName.nullable(),
    score_improvement: z.number().nullable(),
    timestamp: Instant,
  })
  .meta({ id: 'FeedbackEntry' });
export type FeedbackEntry = z.infer<typeof FeedbackEntry>;

/** What was said so far: the newest 500 count. */
export const FeedbackSummary = z
  .object({
    total: z.int(),
    helpful: z.int(),
    not_helpful: z.int(),
    helpful_pct: z.number().describe('Percent; 0 when nothing was said'),
    reason_counts: z.record(z.string(), z.int()).describe('Why recommendations were not helpful, where it was said'),
    recent: z.array(FeedbackEntry).max(20).describe('Newest first'),
  })
  .meta({ id: 'FeedbackSummary' });
export type FeedbackSummary = z.infer<typeof FeedbackSummary>;
