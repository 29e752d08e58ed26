import { z } from 'zod';
import { HoursOfDay, Instant, NodeName, Percent, StabilityScore, Vmid } from './values.ts';

/*
 * What is seen over time: trends, profiles, forecasts. All of it is worked out by the
 * engine from stored series; a value that was not measured counts for nothing, never for 0.
 */

const rate = () => z.number().describe('Percentage points a day');

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
    stability_score: StabilityScore,
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
    overall_stability: StabilityScore,
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
    peak_hours: HoursOfDay,
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
    peak_hours: HoursOfDay.default([]),
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
