import { z } from 'zod';
import { Feedback, FeedbackSummary } from './feedback.ts';
import { rpc } from './kit/rpc.ts';
import { ScoreHistory } from './score-history.ts';
import { TimeZone } from './time-zone.ts';
import { NodeName } from './values.ts';
import { WorkloadPattern } from './workload-pattern.ts';

/** Score history is kept for 30 days. */
export const scoreHistoryHoursMax = 720;
/** Buckets are a day long at most. */
export const bucketMinutesMax = 1440;
export const scoreHistoryEntriesMax = 20_000;

const hours = z.int().min(1).max(scoreHistoryHoursMax);

export const ReadScoreHistory = rpc('recommender.score-history', {
  summary: 'Scores of the nodes at past generations; coarser buckets than asked for where the answer would be too long',
  request: z.object({
    hours,
    node: NodeName.optional(),
    bucket_minutes: z.int().min(0).max(bucketMinutesMax),
    limit: z.int().min(0).max(scoreHistoryEntriesMax).optional().describe('The newest so many entries'),
  }),
  reply: ScoreHistory,
  errors: ['broker-unavailable'],
  timeoutMs: 30_000,
});

export const ReadWorkloadPatterns = rpc('recommender.workload-patterns', {
  summary: 'How the load of nodes follows the day and the week; all nodes when none is named',
  request: z.object({ hours, node: NodeName.optional(), time_zone: TimeZone.optional() }),
  reply: z.object({ patterns: z.array(WorkloadPattern), history_entries: z.int() }),
  errors: ['broker-unavailable'],
  timeoutMs: 30_000,
});

export const GiveFeedback = rpc('recommender.give-feedback', {
  summary: 'Keep what somebody thinks of a recommendation; it counts from the next generation on',
  request: Feedback,
  reply: z.object({ message: z.string() }),
  errors: ['broker-unavailable'],
});

export const ReadFeedback = rpc('recommender.feedback', {
  summary: 'What was said of recommendations so far',
  request: z.object({}),
  reply: FeedbackSummary,
  errors: ['broker-unavailable'],
});
