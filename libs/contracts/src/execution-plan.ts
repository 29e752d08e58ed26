import { z } from 'zod';
import { NodeName, Percent, Vmid } from './values.ts';

const Move = z.object({ vmid: Vmid, name: z.string(), source_node: NodeName, target_node: NodeName });

/** Moves that together ask too much of one node. */
export const Conflict = z
  .object({
    target_node: NodeName,
    incoming_guests: z.array(
      z.object({
        vmid: Vmid,
        name: z.string(),
        predicted_cpu_impact: Percent,
        predicted_mem_impact: Percent,
      }),
    ),
    combined_predicted_cpu: Percent.describe('After all moves, those that leave the node included'),
    combined_predicted_mem: Percent,
    cpu_threshold: Percent,
    mem_threshold: Percent,
    exceeds_cpu: z.boolean(),
    exceeds_mem: z.boolean(),
    resolution: z.string(),
  })
  .meta({ id: 'Conflict' });
export type Conflict = z.infer<typeof Conflict>;

const PlannedStep = Move.extend({
  step: z.int().min(1),
  parallel_group: z
    .int()
    .min(1)
    .describe('Steps of a group run together; a group begins when the one before has ended'),
  reason_for_order: z.string(),
  temporary: z.boolean().optional().describe('true: the guest is parked there to break a cycle, and goes on later'),
});

/** In which order the recommendations can be carried out: room and rules hold at every step. */
export const ExecutionPlan = z
  .object({
    ordered_recommendations: z.array(PlannedStep),
    parallel_groups: z.array(z.array(z.int().min(0))).describe('Indices into the unfiltered recommendations'),
    total_steps: z.int().min(0),
    can_parallelize: z.boolean(),
    deferred: z
      .array(Move.extend({ reason: z.string() }))
      .optional()
      .describe('Moves for which there is no safe moment, not even by way of another node'),
  })
  .meta({ id: 'ExecutionPlan' });
export type ExecutionPlan = z.infer<typeof ExecutionPlan>;
