import { z } from 'zod';
import { Instant, NodeName, Percent, Vmid } from './values.ts';

/*
 * What is seen over time: trends, profiles, forecasts, patterns, suggested thresholds. All of it is worked out by the
 * engine from stored series; a value that was not measured counts for nothing, never for 0.
 */

const rate = () => z.number().describe('Percentage points a day');
const stability = () => z.int().min(0).max(100).describe('0 to 100, higher is steadier; 50 when nothing is known');
const hourOfDay = z.int().min(0).max(23);
const hours = () => z.array(hourOfDay).describe('Hours of the day, 0 to 23, in the time zone asked for');

export const TrendDirection = z
  .enum(['sustained_increase', 'rising', 'stable', 'falling', 'sustained_decrease', 'unknown'])
  .meta({ id: 'TrendDirection', description: 'Sustained from 3 points a day, rising or falling from 0.5' });
export type TrendDirection = z.infer<typeof TrendDirection>;

export const TrendConfidence = z
  .enum(['high', 'medium', 'low'])
  .meta({ id: 'TrendConfidence', description: 'How well a straight line describes the series' });
export type TrendConfidence = z.infer<typeof TrendConfidence>;

export const StabilityLabel = z.enum(['stable', 'moderate', 'volatile', 'unknown']).meta({ id: 'StabilityLabel' });
export type StabilityLabel = z.infer<typeof StabilityLabel>;

export const OverallDirection = z
  .enum(['degrading', 'warming', 'stable', 'healthy', 'unknown'])
  .meta({ id: 'OverallDirection' });
export type OverallDirection = z.infer<typeof OverallDirection>;

/** Where one metric is heading: a straight line through its series. */
export const MetricTrend = z
  .object({
    direction: TrendDirection,
    rate_per_day: rate(),
    rate_display: z.string().describe('The same as text: +1.2%/day'),
    confidence: TrendConfidence,
    r_squared: z.number().min(0).max(1).describe('Share of the variation a line explains; 1 for a flat series'),
    current_avg: Percent.nullable().describe('Mean of the last three values'),
    projected_value: Percent.nullable().describe('What the line says for 48 hours after the last value'),
    hours_to_threshold: z
      .number()
      .nullable()
      .describe('Hours until the threshold at this rate; null: not heading there'),
    stability_score: stability(),
    stability_label: StabilityLabel,
    data_points: z.int(),
  })
  .meta({ id: 'MetricTrend' });
export type MetricTrend = z.infer<typeof MetricTrend>;

/** What is usual at this hour of the day. */
export const HourBaseline = z
  .object({ baseline_avg: Percent, baseline_std: z.number(), data_points: z.int() })
  .meta({ id: 'HourBaseline' });
export type HourBaseline = z.infer<typeof HourBaseline>;

/** How much history there is. */
export const SeriesQuality = z
  .object({
    total_samples: z.int().describe('Stored rows, aggregated ones count once'),
    oldest_sample_age_hours: z.number(),
    coverage_days: z.number().describe('Days from the oldest row to the newest'),
    recent_sample_count: z.int().describe('Rows of the last 48 hours'),
  })
  .meta({ id: 'SeriesQuality' });
export type SeriesQuality = z.infer<typeof SeriesQuality>;

/** Where a node is heading and how steady it is. */
export const NodeTrend = z
  .object({
    node: NodeName,
    lookback_hours: z.number(),
    data_quality: SeriesQuality,
    cpu: MetricTrend,
    memory: MetricTrend,
    iowait: MetricTrend,
    cpu_baseline: HourBaseline.nullable().describe('null: too few samples of this hour'),
    mem_baseline: HourBaseline.nullable().describe('null: too few samples of this hour'),
    cpu_above_baseline: z.boolean().describe('More than two standard deviations above what is usual at this hour'),
    cpu_baseline_sigma: z.number().nullable().describe('Standard deviations above the usual'),
    mem_above_baseline: z.boolean(),
    mem_baseline_sigma: z.number().nullable(),
    overall_stability: stability(),
    overall_stability_label: StabilityLabel,
    overall_direction: OverallDirection,
  })
  .meta({ id: 'NodeTrend' });
export type NodeTrend = z.infer<typeof NodeTrend>;

/** The trends of all nodes, and which metrics move most. */
export const ClusterTrends = z
  .object({
    nodes: z.record(z.string(), NodeTrend),
    cluster_direction: OverallDirection,
    top_movers: z
      .array(
        z.object({
          node: NodeName,
          metric: z.enum(['cpu', 'memory', 'iowait']),
          rate_per_day: rate(),
          rate_display: z.string(),
          direction: TrendDirection,
          confidence: TrendConfidence,
        }),
      )
      .max(5),
    data_available: z.boolean(),
  })
  .meta({ id: 'ClusterTrends' });
export type ClusterTrends = z.infer<typeof ClusterTrends>;

/** A change of node that was seen in a guest's samples. */
export const SeenMove = z
  .object({ at: Instant, source_node: NodeName, target_node: NodeName })
  .meta({ id: 'SeenMove', description: 'The time is that of the first sample on the new node' });

/** The same with the guest that moved. */
export const GuestMove = SeenMove.extend({ vmid: Vmid }).meta({ id: 'GuestMove' });
export type GuestMove = z.infer<typeof GuestMove>;

/** Where a guest is heading. */
export const GuestTrend = z
  .object({
    vmid: Vmid,
    lookback_hours: z.number(),
    data_quality: SeriesQuality,
    cpu: MetricTrend.describe('Percent of the guest’s own vCPUs'),
    memory: MetricTrend.describe('Percent of the guest’s own memory'),
    behavior: z.enum(['growing', 'bursty', 'steady', 'variable', 'unknown']),
    peak_hours: hours(),
    migration_history: z.array(SeenMove).describe('Oldest first'),
  })
  .meta({ id: 'GuestTrend' });
export type GuestTrend = z.infer<typeof GuestTrend>;

/** How a guest uses its CPU; predictions of load make room for it. */
export const GuestProfile = z
  .object({
    behavior: z.enum(['bursty', 'growing', 'cyclical', 'steady', 'unknown']),
    peak_multiplier: z.number().min(0).describe('Mean 95th percentile over mean'),
    growth_rate_per_day: rate(),
    growth_confidence: TrendConfidence.default('low'),
    peak_hours: hours().default([]),
    avg_cpu: Percent.nullable(),
    cv: z.number().nullable().describe('Standard deviation over mean'),
    confidence: TrendConfidence,
    data_points: z.int(),
    history_days: z.number().min(0).default(0).describe('Days from the oldest value to the newest'),
  })
  .meta({ id: 'GuestProfile' });
export type GuestProfile = z.infer<typeof GuestProfile>;

/** A threshold that a node is going to cross. */
export const Forecast = z
  .object({
    type: z.literal('forecast'),
    node: NodeName,
    metric: z.enum(['cpu', 'memory']),
    current_value: Percent,
    threshold: Percent,
    projected_value: Percent.describe('In 48 hours, not limited to 100'),
    projected_low: Percent.describe('Lower end of the 95 % prediction interval'),
    projected_high: Percent.describe('Upper end of the 95 % prediction interval'),
    trend_rate_per_day: rate(),
    estimated_hours_to_crossing: z.number(),
    confidence: TrendConfidence,
    r_squared: z.number(),
    message: z.string(),
    severity: z.enum(['critical', 'warning', 'info']).describe('Critical below 12 hours, warning up to 36'),
  })
  .meta({ id: 'Forecast' });
export type Forecast = z.infer<typeof Forecast>;

const DailyPattern = z.object({
  cycle_type: z.literal('daily'),
  peak_hours: hours(),
  trough_hours: hours(),
  peak_avg_cpu: Percent,
  trough_avg_cpu: Percent,
  business_hours_avg: Percent.describe('08:00 to 18:00'),
  off_hours_avg: Percent,
  spread: z.number(),
  pattern_confidence: TrendConfidence,
});

const Weekday = z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);

const WeeklyPattern = z.object({
  cycle_type: z.literal('weekly'),
  peak_days: z.array(Weekday),
  weekday_avg: Percent,
  weekend_avg: Percent,
  spread: z.number(),
  pattern_confidence: TrendConfidence,
});

/** How the CPU of a node follows the day and the week. */
export const WorkloadPattern = z
  .object({
    node: NodeName,
    data_points: z.int(),
    daily_pattern: DailyPattern.nullable(),
    weekly_pattern: WeeklyPattern.nullable(),
    burst_detection: z.object({
      detected: z.boolean(),
      recurring_bursts: z.int(),
      burst_hours: hours(),
      avg_burst_cpu: Percent.optional(),
      threshold_used: Percent.optional(),
    }),
    quiet_window: z
      .object({ start_hour: hourOfDay, end_hour: hourOfDay.describe('The first hour after it'), avg_cpu: Percent })
      .nullable()
      .describe('The quietest hours in a row, four at most'),
    recommendation_timing: z.string().nullable(),
    time_zone: z.string().describe('IANA zone that all hours and days are in'),
  })
  .meta({ id: 'WorkloadPattern' });
export type WorkloadPattern = z.infer<typeof WorkloadPattern>;

/** Thresholds that fit the cluster as it has been. */
export const ThresholdSuggestions = z
  .object({
    suggested_cpu_threshold: Percent,
    suggested_mem_threshold: Percent,
    suggested_iowait_threshold: Percent,
    confidence: TrendConfidence,
    summary: z.string(),
    reasoning: z.string().optional().describe('Why nothing could be suggested'),
    analysis_period: z.enum(['7 days', '24 hours']).nullable().describe('null: there is no history'),
    adjustments: z.array(
      z.object({
        factor: z.string(),
        value: z.string(),
        adjustment: z.string().describe('As text: +10%'),
        direction: z.enum(['increase', 'decrease', 'none']),
      }),
    ),
    cluster_stats: z
      .object({
        node_count: z.int(),
        cluster_size: z.enum(['minimal', 'small', 'medium', 'large', 'xlarge']),
        avg_cpu: Percent,
        max_cpu: Percent,
        avg_mem: Percent,
        max_mem: Percent,
        avg_iowait: Percent,
        cpu_variance: z.number().describe('Coefficient of variation between nodes, percent'),
        mem_variance: z.number().describe('Coefficient of variation between nodes, percent'),
        balance_status: z.enum(['balanced', 'imbalanced']),
        load_level: z.enum(['very high', 'high', 'moderate', 'low']),
        iowait_level: z.enum(['critical', 'high', 'elevated', 'normal']),
      })
      .nullable(),
  })
  .meta({ id: 'ThresholdSuggestions' });
export type ThresholdSuggestions = z.infer<typeof ThresholdSuggestions>;

const NodeEvidence = z.object({
  cpu_trend: z.string().describe('Rate as text: +1.2%/day'),
  cpu_direction: TrendDirection,
  mem_trend: z.string(),
  mem_direction: TrendDirection,
  stability_score: stability(),
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
      peak_hours: hours(),
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
