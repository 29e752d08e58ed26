import { z } from 'zod';
import { Feedback, FeedbackSummary } from '../feedback.ts';
import { route } from '../kit/route.ts';
import { bucketMinutesMax, scoreHistoryEntriesMax, scoreHistoryHoursMax } from '../learning-rpcs.ts';
import { Recommendation, SkippedGuest, skipReasons } from '../recommendation.ts';
import { ScoreHistory } from '../score-history.ts';
import { TimeZone } from '../time-zone.ts';
import { Forecast } from '../trends.ts';
import { Instant, NodeName } from '../values.ts';
import { WorkloadPattern } from '../workload-pattern.ts';
import { ok, wholeNumber } from './shapes.ts';

const last = { tag: 'Recommendations', role: 'viewer', errors: ['no-recommendations'] } as const;
const learned = {
  tag: 'Recommendations',
  role: 'viewer',
  errors: ['service-unavailable', 'broker-unavailable'],
} as const;

export const GetSkippedGuests = route('GET', '/api/recommendations/skipped', {
  ...last,
  summary: 'Guests that stay where they are, and why',
  query: z.strictObject({
    reason: z.enum(skipReasons).optional().describe('Only guests that stay for this reason'),
    limit: wholeNumber(100_000, 'Longest list wanted').optional(),
    offset: wholeNumber(100_000, 'How many to leave out at the start').optional(),
  }),
  reply: ok({
    skipped_guests: z.array(SkippedGuest),
    total_count: z.int(),
    filtered_count: z.int(),
    count: z.int(),
    reason_counts: z.record(z.string(), z.int()).describe('Of the whole list'),
    generated_at: Instant,
  }),
});

export const GetForecasts = route('GET', '/api/recommendations/forecasts', {
  ...last,
  summary: 'Thresholds that nodes are going to cross, the most severe and nearest first',
  query: z.strictObject({
    severity: Forecast.shape.severity
      .optional()
      .describe('Only this severity: critical below 12 hours, warning up to 36'),
    node: NodeName.optional().describe('Only this node'),
    metric: Forecast.shape.metric.optional().describe('Only this metric'),
  }),
  reply: ok({ forecasts: z.array(Forecast), count: z.int(), generated_at: Instant }),
});

const ageMinutes = z.number().min(0).nullable().describe('Minutes; null: there is none');

export const GetDiagnostics = route('GET', '/api/recommendations/diagnostics', {
  ...last,
  summary: 'How the last generation went, and what it was made from',
  reply: ok({
    diagnostics: z.object({
      last_generation: Instant,
      generation_time_ms: z.int(),
      guests_evaluated: z.int(),
      guests_recommended: z.int(),
      guests_skipped: z.int(),
      skip_reason_breakdown: z.record(z.string(), z.int()),
      scoring_config: z.object({
        min_score_improvement: z.number(),
        cpu_threshold: z.number(),
        mem_threshold: z.number(),
        weight_current: z.number(),
        weight_24h: z.number(),
        weight_7d: z.number(),
      }),
      ai_enhanced: z.boolean(),
      cache_status: z.object({
        cluster_cache_age_minutes: ageMinutes,
        recommendations_cache_age_minutes: ageMinutes,
      }),
      conflicts_count: z.int(),
      advisories_count: z.int(),
    }),
  }),
});

export const GetRecommendationsExport = route('GET', '/api/recommendations/export', {
  ...last,
  summary: 'The last recommendations as a file',
  query: z.strictObject({
    format: z
      .string()
      .max(10)
      .toLowerCase()
      .pipe(z.enum(['json', 'csv']))
      .optional()
      .describe('json or csv, in any case; json without it'),
  }),
  reply: z.array(Recommendation),
  alternatives: ['text/csv'],
});

export const GetScoreHistory = route('GET', '/api/score-history', {
  ...learned,
  summary: 'How nodes and cluster scored over the last 30 days, oldest first',
  query: z.strictObject({
    hours: wholeNumber(scoreHistoryHoursMax, 'How far back; 24 without it, everything when limit or bucket is given')
      .refine((hours) => hours >= 1, 'must be at least 1')
      .optional(),
    node: NodeName.optional().describe('Only this node in each entry'),
    limit: wholeNumber(scoreHistoryEntriesMax, 'The newest so many entries').optional(),
    bucket: wholeNumber(bucketMinutesMax, 'Minutes put together into one entry; 0 or absent: none').optional(),
  }),
  reply: ok(ScoreHistory.shape),
});

export const GetWorkloadPatterns = route('GET', '/api/workload-patterns', {
  ...learned,
  summary: 'How the load of nodes follows the day and the week, and when it is quiet',
  query: z.strictObject({
    node: NodeName.optional().describe('Only this node'),
    hours: z
      .string()
      .regex(/^-?\d{1,6}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().max(scoreHistoryHoursMax))
      .optional()
      .describe('Hours of history looked at; 168 without it, all there are with 0 or less'),
    time_zone: TimeZone.optional().describe('Zone that hours and days are told in; the settings’ without it'),
  }),
  reply: ok({
    patterns: z.array(WorkloadPattern),
    history_entries: z.int(),
    hours_analyzed: z.int(),
    message: z.string().optional().describe('Why there is no pattern'),
  }),
  errors: ['no-history', ...learned.errors],
});

export const PostFeedback = route('POST', '/api/recommendations/feedback', {
  ...learned,
  summary: 'Say whether a recommendation was helpful; it counts from the next generation on',
  role: 'operator',
  body: Feedback,
  reply: ok({ message: z.string() }),
});

export const GetFeedback = route('GET', '/api/recommendations/feedback', {
  ...learned,
  summary: 'What was said of recommendations so far',
  reply: ok(FeedbackSummary.shape),
});
