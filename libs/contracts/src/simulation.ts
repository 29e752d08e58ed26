import { z } from 'zod';
import { PenaltyConfig } from './penalties.ts';
import { Generation } from './recommendation.ts';
import { GuestType, NodeName, Vmid } from './values.ts';

const improvement = (config: string) =>
  z.number().nullable().describe(`Points its best move gains with the ${config} penalties; null: none may be made`);

/** A guest of which other penalties say something else. */
export const SimulatedChange = z
  .object({
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    source_node: NodeName,
    target_node: NodeName.describe('The proposed target; the current one of a move that is gone'),
    action: z.enum(['added', 'removed', 'changed']).describe('changed: it moves with both, to different nodes'),
    old_target: NodeName.nullable().describe('null: it stays with the current penalties'),
    new_target: NodeName.nullable().describe('null: it stays with the proposed penalties'),
    current_improvement: improvement('current'),
    proposed_improvement: improvement('proposed'),
    current_reason: z.string().describe('Why it moves or stays with the current penalties'),
    proposed_reason: z.string(),
  })
  .meta({ id: 'SimulatedChange' });
export type SimulatedChange = z.infer<typeof SimulatedChange>;

/** What would be recommended with other penalties, beside what is recommended with the present ones. */
export const Simulation = z
  .object({
    current_count: z.int(),
    proposed_count: z.int(),
    unchanged: z.int().describe('Moves that both recommend'),
    changes: z.array(SimulatedChange).describe('By vmid'),
    node_score_comparison: z
      .record(NodeName, z.object({ current: z.number(), proposed: z.number(), delta: z.number() }))
      .describe('Score of each node that is up, for a guest that adds nothing; lower is better'),
    proposed_config: PenaltyConfig.describe(
      'The whole that was tried: the saved penalties with the given ones over them',
    ),
    parameters: Generation.shape.parameters,
    snapshot_id: Generation.shape.snapshot_id,
    snapshot_collected_at: Generation.shape.snapshot_collected_at,
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;
