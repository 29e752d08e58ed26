import { z } from 'zod';
import { skipReasons } from './recommendation.ts';
import { ScoreDetails, TrendAnalysis } from './scoring.ts';
import { Gib, GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

/** A change that would turn a refusal into its opposite. */
export const Change = z
  .object({
    kind: z.enum([
      'free-memory',
      'free-storage',
      'add-storage',
      'drop-tag',
      'add-tag',
      'set-setting',
      'start-maintenance',
      'end-maintenance',
      'bring-online',
      'start-guest',
      'change-guest',
      'make-readable',
      'wait',
      'none',
    ]),
    text: z.string().describe('For people: 2.1 GiB more free on pve3'),
    node: NodeName.optional(),
    tag: z.string().optional(),
    tags: z.array(z.string()).optional().describe('All of them, where one is not enough'),
    storage: z.string().optional(),
    setting: z.string().optional().describe('Path in the settings'),
    amount: z.number().optional().describe('How much more is wanted, or the value that the setting would need'),
    unit: z.enum(['GiB', 'percent', 'points']).optional(),
  })
  .meta({ id: 'Change', description: 'A change that would turn a refusal into its opposite' });
export type Change = z.infer<typeof Change>;

/** What one filter says. All are asked, also after one has refused. */
export const FilterVerdict = z
  .object({
    filter: z.string(),
    summary: z.string(),
    passed: z.boolean(),
    reason: z.enum(skipReasons).optional(),
    detail: z.string().optional().describe('Why it refuses'),
    change: Change.optional().describe('The smallest change after which it would not'),
  })
  .meta({ id: 'FilterVerdict' });
export type FilterVerdict = z.infer<typeof FilterVerdict>;

/** How a node would do for the guest, as the cluster is now. */
export const NodeVerdict = z
  .object({
    node: NodeName,
    is_current: z.boolean(),
    verdict: z.enum(['current', 'refused', 'too-little', 'good', 'best']),
    detail: z.string(),
    filters: z.array(FilterVerdict).describe('In the order in which they are asked; none for the current node'),
    score: z.number().nullable().describe('Lower is better; null: nothing is known about the node'),
    improvement: z.number().nullable().describe('Points gained by going there'),
    cluster_gain: z
      .number()
      .nullable()
      .describe(
        'What the cluster as a whole saves, after the effort; null: the node would end hotter than the source is',
      ),
    score_details: ScoreDetails.nullable(),
    changes: z.array(Change).describe('Everything that would have to change together for the guest to go there'),
  })
  .meta({ id: 'NodeVerdict' });
export type NodeVerdict = z.infer<typeof NodeVerdict>;

/** Why a guest moves or stays. */
export const GuestExplanation = z
  .object({
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    node: NodeName,
    decision: z.enum(['move', 'stay']),
    target_node: NodeName.nullable(),
    reason: z.string().describe('The reason of the recommendation or of the skipped guest'),
    detail: z.string(),
    judged: z
      .enum(['with-others', 'alone'])
      .describe('with-others: the last generation decided, after the moves before it; alone: as if nobody else moved'),
    guest_filters: z.array(FilterVerdict).describe('In the order in which they are asked'),
    current_score: z.number().nullable().describe('Of its node without the guest, with what is added to it'),
    current_details: ScoreDetails.nullable(),
    nodes: z.array(NodeVerdict).describe('By name'),
    smallest_change: z
      .object({ text: z.string(), target_node: NodeName.nullable(), changes: z.array(Change) })
      .nullable()
      .describe('The least that would turn the decision into its opposite; null: nothing a person can change'),
    snapshot_id: z.string(),
    snapshot_collected_at: Instant,
  })
  .meta({ id: 'GuestExplanation' });
export type GuestExplanation = z.infer<typeof GuestExplanation>;

const disqualified = z.object({
  node: NodeName,
  is_current: z.boolean(),
  score: z.literal(999_999),
  suitability_rating: z.literal(0),
  suitable: z.literal(false),
  reason: z.string(),
  disqualified: z.literal(true),
});

const option = z.object({
  node: NodeName,
  is_current: z.boolean(),
  score: z.number().describe('Lower is better'),
  suitability_rating: Percent,
  suitable: z.boolean(),
  reason: z.string(),
  disqualified: z.literal(false),
  improvement: z.number().nullable().describe('current_score less score; null without a current score'),
  penalty_categories: z.object({
    cpu: z.number(),
    memory: z.number(),
    iowait: z.number(),
    trends: z.number(),
    spikes: z.number(),
  }),
  metrics: ScoreDetails.shape.metrics,
  total_penalties: z.number(),
  explanations: z.array(z.string()),
  trend_analysis: TrendAnalysis.nullable(),
  overcommit_ratio: z.number(),
  committed_mem_gb: Gib,
});

/** A node as a place for one guest. One that cannot be carries only the reason. */
export const MigrationOption = z.union([option, disqualified]).meta({ id: 'MigrationOption' });
export type MigrationOption = z.infer<typeof MigrationOption>;

/** Every node as a place for one guest, the best first. */
export const MigrationOptions = z
  .object({
    vmid: z.string(),
    guest_name: z.string(),
    guest_type: GuestType,
    current_node: NodeName,
    current_score: z.number().nullable().describe('Of its node without the guest; null: the node is not online'),
    options: z.array(MigrationOption),
  })
  .meta({ id: 'MigrationOptions' });
export type MigrationOptions = z.infer<typeof MigrationOptions>;
