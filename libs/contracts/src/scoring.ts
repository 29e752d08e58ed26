import { z } from 'zod';
import { OverallDirection, SeriesQuality, StabilityLabel, TrendConfidence, TrendDirection } from './trends.ts';
import { Gib, NodeName, Percent } from './values.ts';

const thresholdPercent = z.number().min(1).max(100).describe('Percent');

/** Thresholds a judgement is made against, percent. */
export const Thresholds = z
  .strictObject({
    cpu_threshold: thresholdPercent.default(60),
    mem_threshold: thresholdPercent.default(70),
    iowait_threshold: thresholdPercent.default(30),
  })
  .meta({ id: 'Thresholds' });
export type Thresholds = z.output<typeof Thresholds>;

/** What a caller wants otherwise than the settings say; absent stays absent. */
export const JudgementInput = z.strictObject({
  cpu_threshold: thresholdPercent.optional(),
  mem_threshold: thresholdPercent.optional(),
  iowait_threshold: thresholdPercent.optional(),
  maintenance_nodes: z.array(NodeName).max(64).optional(),
});

export const Penalties = z
  .record(z.string(), z.number())
  .meta({ id: 'Penalties', description: 'Points by penalty; 0 where it does not apply' });

/** One penalty that applies: what was measured, which tier that is, and what it costs. */
export const PenaltyReading = z
  .object({
    penalty: z.string(),
    points: z.number().describe('After the stability factor and the cap of memory penalties'),
    value: z.number().describe('What was measured: percent, points a day, or times the memory of the node'),
    above: z.number().describe('The limit of the tier, which the value exceeds'),
    tier: z.int().min(1).describe('1 is the lowest'),
    tier_points: z.number().describe('What the tier costs by itself'),
    setting: z.string().describe('Key of the penalty configuration that sets the points of the tier'),
    factor: z.number().describe('What a steady or restless node makes of CPU points'),
    text: z.string(),
  })
  .meta({ id: 'PenaltyReading' });
export type PenaltyReading = z.infer<typeof PenaltyReading>;

export const ScoreComponents = z
  .object({
    health_score: z.number(),
    predicted_health: z.number(),
    headroom_score: z.number(),
    storage_score: z.number(),
  })
  .meta({ id: 'ScoreComponents' });

/** The part of a node's trends that its scores use. */
export const TrendAnalysis = z
  .object({
    cpu_rate_per_day: z.number().describe('Percentage points a day'),
    cpu_direction: TrendDirection,
    cpu_confidence: TrendConfidence,
    mem_rate_per_day: z.number(),
    mem_direction: TrendDirection,
    mem_confidence: TrendConfidence,
    stability_score: z.number(),
    stability_label: StabilityLabel,
    cpu_stability_factor: z.number().describe('What CPU penalties are multiplied by'),
    overall_direction: OverallDirection,
    data_quality: SeriesQuality,
  })
  .meta({ id: 'TrendAnalysis' });
export type TrendAnalysis = z.infer<typeof TrendAnalysis>;

/** Why a score is what it is: every part that was added up. */
export const ScoreDetails = z
  .object({
    penalties: Penalties,
    total_penalties: z.number(),
    components: ScoreComponents,
    component_weights: z.object({
      health: z.number(),
      predicted: z.number(),
      headroom: z.number(),
      storage: z.number(),
    }),
    metrics: z.object({
      weighted_cpu: Percent,
      weighted_mem: Percent,
      weighted_iowait: Percent,
      immediate_cpu: Percent,
      immediate_mem: Percent,
      immediate_iowait: Percent,
      predicted_cpu: Percent,
      predicted_mem: Percent,
      predicted_iowait: Percent,
      cpu_headroom: Percent,
      mem_headroom: Percent,
      cpu_trend: z.string(),
      mem_trend: z.string(),
      max_cpu_week: Percent,
      max_mem_week: Percent,
    }),
    total_score: z.number(),
    explanations: z.array(z.string()).optional().describe('One sentence for each penalty that applies'),
    penalty_readings: z.array(PenaltyReading).optional(),
    trend_analysis: TrendAnalysis.optional().describe('Absent where nothing is known about trends'),
  })
  .meta({ id: 'ScoreDetails' });
export type ScoreDetails = z.infer<typeof ScoreDetails>;

const unusable = z.object({
  score: z.literal(999_999),
  suitability_rating: z.literal(0),
  suitable: z.literal(false),
  reason: z.string(),
});

const scored = z.object({
  score: z.number().describe('Lower is better'),
  suitability_rating: Percent,
  suitable: z.boolean(),
  reason: z.string(),
  weighted_cpu: Percent,
  weighted_mem: Percent,
  current_cpu: Percent,
  current_mem: Percent,
  max_cpu_week: Percent,
  max_mem_week: Percent,
  penalty_breakdown: Penalties,
  penalty_categories: z.object({
    cpu: z.number(),
    memory: z.number(),
    iowait: z.number(),
    trends: z.number(),
    spikes: z.number(),
  }),
  total_penalties: z.number(),
  components: ScoreComponents,
  explanations: z.array(z.string()),
  penalty_readings: z.array(PenaltyReading).optional(),
  trend_analysis: TrendAnalysis.nullable().optional(),
  overcommit_ratio: z.number(),
  committed_mem_gb: Gib,
});

/** How a node would do as a target. A node that cannot be one carries only the reason. */
export const NodeScore = z.union([scored, unusable]).meta({ id: 'NodeScore' });
export type NodeScore = z.infer<typeof NodeScore>;

export const NodeScores = z.record(NodeName, NodeScore);
export type NodeScores = z.infer<typeof NodeScores>;
