import { z } from 'zod';
import { Conflict, ExecutionPlan } from './execution-plan.ts';
import { MountPoints } from './guest.ts';
import { ScoreDetails, Thresholds } from './scoring.ts';
import { ThresholdSuggestions } from './threshold-suggestions.ts';
import { TrendEvidence } from './trend-evidence.ts';
import { Forecast } from './trends.ts';
import { Gib, GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

export const Priority = z.enum(['critical', 'high', 'medium', 'low']).meta({ id: 'Priority' });

export const StructuredReason = z
  .object({
    primary_reason: z.enum([
      'maintenance_evacuation',
      'iowait_relief',
      'cpu_imbalance',
      'mem_imbalance',
      'distribution_balancing',
      'affinity_companion',
    ]),
    primary_label: z.string(),
    contributing_factors: z.array(
      z.object({ factor: z.string(), value: z.number().nullable(), severity: z.string(), label: z.string() }),
    ),
    summary: z.string(),
  })
  .meta({ id: 'StructuredReason' });

export const RiskLevel = z.enum(['low', 'moderate', 'high', 'very_high']).meta({ id: 'RiskLevel' });

export const RiskFactor = z
  .object({
    factor: z.enum(['guest_memory', 'disk_io', 'storage', 'network_io', 'cluster_health']),
    value: z.string(),
    risk: z.enum(['low', 'medium', 'high', 'very_high']),
    risk_score: z.int(),
    detail: z.string(),
  })
  .meta({ id: 'RiskFactor' });

export const CostBenefit = z
  .object({
    ratio: z.number(),
    benefit_score: z.number(),
    cost_score: z.number(),
    est_duration_minutes: z.number(),
    viable: z.boolean(),
  })
  .meta({ id: 'CostBenefit' });

/** One proposed move, with everything that led to it. */
export const Recommendation = z
  .object({
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    source_node: NodeName,
    target_node: NodeName,
    target_node_score: z.number(),
    suitability_rating: Percent,
    score_improvement: z.number(),
    priority: Priority,
    reason: z.string(),
    structured_reason: StructuredReason,
    score_details: z.object({ source: ScoreDetails, target: ScoreDetails }),
    mem_gb: Gib,
    command: z.string(),
    confidence_score: Percent,
    confidence_notes: z
      .array(z.string())
      .optional()
      .describe('What past moves, trends and feedback changed about the confidence'),
    risk_score: z.number(),
    risk_level: RiskLevel,
    risk_factors: z.array(RiskFactor),
    trend_evidence: TrendEvidence.default({ available: false, reason: 'Trends were not looked at' }),
    decision_explanation: z.string(),
    cost_benefit: CostBenefit,
    mount_point_info: MountPoints.pick({
      has_mount_points: true,
      mount_count: true,
      has_shared_mount: true,
      has_unshared_bind_mount: true,
    })
      .extend({ mount_paths: z.array(z.string()) })
      .optional(),
    bind_mount_warning: z.string().optional(),
    distribution_balancing: z.boolean().optional().describe('true: moved to even out the number of guests'),
    affinity_group: z.string().optional().describe('The affinity_ tag for which guests move together'),
    affinity_companions: z.array(Vmid).optional().describe('Guests that follow this one'),
    affinity_leader_vmid: Vmid.optional().describe('The guest that this one follows'),
    has_conflict: z.boolean().optional(),
    conflict_target: NodeName.optional().describe('The node that its moves together ask too much of'),
  })
  .meta({ id: 'Recommendation' });
export type Recommendation = z.infer<typeof Recommendation>;

export const skipReasons = [
  'has_ignore_tag',
  'unknown_state',
  'ha_managed',
  'stopped',
  'template',
  'locked',
  'migrating',
  'passthrough_disk',
  'passthrough_device',
  'unshared_bind_mount',
  'local_cdrom',
  'local_storage',
  'local_snapshot',
  'linked_clone',
  'ha_hold',
  'seasonal_baseline',
  'source_memory_healthy',
  'insufficient_improvement',
  'no_suitable_target',
] as const;

/** A guest that stays, and why. */
export const SkippedGuest = z
  .object({
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    node: NodeName,
    reason: z.enum(skipReasons),
    detail: z.string(),
    best_target: z.string().optional(),
    score_improvement: z.number().optional(),
    current_score: z.number().optional(),
    best_target_score: z.number().optional(),
  })
  .meta({ id: 'SkippedGuest' });
export type SkippedGuest = z.infer<typeof SkippedGuest>;

const NodeLoad = z.object({ cpu: Percent, mem: Percent, guest_count: z.int() });
const ClusterLoad = z.object({ node_scores: z.record(z.string(), NodeLoad), score_variance: z.number() });

export const BatchImpact = z
  .object({
    before: ClusterLoad,
    after: ClusterLoad,
    improvement: z.object({
      health_delta: z.number(),
      variance_reduction_pct: z.number(),
      all_nodes_improved: z.boolean(),
    }),
  })
  .meta({ id: 'BatchImpact' });

export const GenerationSummary = z
  .object({
    total_recommendations: z.int(),
    total_skipped: z.int(),
    total_improvement: z.number(),
    reasons_breakdown: z.array(z.string()),
    cluster_health: z.number().describe('0 to 100, higher is healthier'),
    predicted_health: z
      .number()
      .describe(
        'The same after all moves. A mean over nodes falls when load goes to a smaller node, which is no loss: unless a ' +
          'node is emptied, it is not told as one',
      ),
    avg_cpu: Percent,
    avg_mem: Percent,
    urgency: z.enum(['high', 'medium', 'low', 'none']),
    urgency_label: z.string(),
    skip_reasons: z.record(z.string(), z.int()),
    batch_impact: BatchImpact,
    convergence_message: z.string().optional(),
  })
  .meta({ id: 'GenerationSummary' });

export const CapacityAdvisory = z
  .object({
    type: z.enum([
      'capacity_saturation',
      'limited_cpu_headroom',
      'limited_mem_headroom',
      'node_bottleneck',
      'small_cluster',
    ]),
    severity: z.enum(['critical', 'warning', 'info']),
    message: z.string(),
    metrics: z.record(z.string(), z.union([z.number(), z.string()])),
    suggestions: z.array(z.string()),
  })
  .meta({ id: 'CapacityAdvisory' });

const Move = z.object({ vmid: Vmid, name: z.string(), source_node: z.string(), target_node: z.string() });

export const GenerationChanges = z
  .object({
    timestamp: Instant,
    previous_timestamp: Instant,
    new_recommendations: z.array(Move),
    removed_recommendations: z.array(Move),
    changed_targets: z.array(Move.extend({ old_target: z.string(), new_target: z.string() })),
    unchanged: z.int(),
  })
  .meta({ id: 'GenerationChanges' });

/** What the engine decides from one snapshot: pure, without clock. */
export const Judgement = z.object({
  recommendations: z.array(Recommendation),
  skipped_guests: z.array(SkippedGuest),
  summary: GenerationSummary,
  conflicts: z.array(Conflict),
  capacity_advisories: z.array(CapacityAdvisory),
  execution_plan: z
    .union([ExecutionPlan, z.strictObject({})])
    .describe('Empty when nothing was judged: the cluster is in balance, or may not be touched'),
});
export type Judgement = z.infer<typeof Judgement>;

/** What a judgement knew beyond the snapshot. */
export const JudgedWith = z
  .object({
    node_trends: z.int().describe('Nodes whose trend was known'),
    guest_profiles: z.int().describe('Guests whose habits were known'),
    missing: z.array(z.string()).describe('What could not be had, and why: it was judged without'),
  })
  .meta({ id: 'JudgedWith' });
export type JudgedWith = z.infer<typeof JudgedWith>;

/** One generation: a judgement with its time, its inputs and what changed since the one before. */
export const Generation = Judgement.extend({
  count: z.int(),
  forecasts: z.array(Forecast).default([]).describe('The most severe and nearest first'),
  threshold_suggestions: ThresholdSuggestions.optional().describe('Thresholds that fit the snapshot'),
  ai_enhanced: z.boolean().default(false).describe('A language model has added to it'),
  snapshot_id: z.string().describe('The snapshot it was made from'),
  snapshot_collected_at: Instant,
  snapshot_age_seconds: z.number().min(0).optional().describe('Age of the snapshot when this was told or answered'),
  judged_with: JudgedWith.optional(),
  previous_count: z
    .int()
    .nullable()
    .optional()
    .describe('Recommendations of the generation before; null: there was none'),
  generation_time_ms: z.int(),
  generated_at: Instant,
  parameters: z.object({ ...Thresholds.shape, maintenance_nodes: z.array(NodeName) }),
  changes_since_last: GenerationChanges.nullable(),
}).meta({ id: 'Generation' });
export type Generation = z.infer<typeof Generation>;
