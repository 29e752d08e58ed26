import { z } from 'zod';
import { planGoals } from './plan-request.ts';
import { SkippedGuest } from './recommendation.ts';
import { GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

const Bytes = z.number().min(0);
const Minutes = z.number().min(0);

/** A rule or limit that is not kept. */
export const BrokenRule = z
  .object({
    kind: z.string().describe('final-ram, final-anti-affinity, …: what it is that is broken'),
    message: z.string(),
    rule: z.string().optional(),
    node: z.string().optional(),
    guest: z.string().optional(),
    members: z.array(z.string()).optional(),
    storage: z.string().optional(),
    used: z.number().optional(),
    limit: z.number().optional(),
  })
  .meta({ id: 'BrokenRule', description: 'A rule or limit that is not kept; memory and disks in MiB' });
export type BrokenRule = z.infer<typeof BrokenRule>;

const Evenness = z.object({
  highest: Percent,
  spread: z.number().describe('Highest less lowest, points'),
  deviation: z.number().describe('Standard deviation, points'),
});

/** A cluster as it is, or as it would be. */
export const PlanFigures = z
  .object({
    nodes: z.record(
      NodeName,
      z.object({
        cpu: Percent,
        mem: Percent.describe('In use, what the host uses included'),
        mem_claimed: Percent.describe('Claimed by guests, of what they may claim in all'),
        guests: z.int(),
        counts: z.boolean().describe('It counts in the balance: it is open to guests'),
      }),
    ),
    cpu: Evenness,
    mem: Evenness,
    broken: z.array(BrokenRule).describe('Rules and limits that are not kept'),
  })
  .meta({ id: 'PlanFigures' });
export type PlanFigures = z.infer<typeof PlanFigures>;

/** What one move is good for. */
export const MoveGain = z
  .object({
    cpu_deviation: z.number().describe('Points by which CPU deviates less; below 0: more'),
    mem_deviation: z.number().describe('Points by which memory deviates less; below 0: more'),
    repairs: z.array(z.string()).describe('Rules, limits and nodes to be emptied that it helps'),
  })
  .meta({ id: 'MoveGain' });
export type MoveGain = z.infer<typeof MoveGain>;

const guestNamed = {
  vmid: Vmid.nullable().describe('null: the guest does not exist yet'),
  name: z.string(),
  type: GuestType,
};

/** A guest that ends on another node than it is on. */
export const PlanMove = z
  .object({
    ...guestNamed,
    action: z
      .enum(['migrate', 'restart', 'create'])
      .describe('restart: its node is gone, it is started elsewhere. create: it does not exist yet'),
    source_node: NodeName.nullable(),
    target_node: NodeName,
    stopovers: z.array(NodeName).describe('Nodes it waits on in between, to make room'),
    ram_bytes: Bytes,
    disk_bytes: Bytes.describe('Local disks, stopovers counted'),
    est_duration_minutes: Minutes.describe('On its own'),
    reason: z.string(),
    gain_in_plan: MoveGain.describe('What would be lost if it were left out of the plan'),
    gain_alone: MoveGain.describe('What it would bring without the others'),
  })
  .meta({ id: 'PlanMove' });
export type PlanMove = z.infer<typeof PlanMove>;

export const PlanStep = z
  .object({
    step: z.int().min(1),
    moves: z.array(
      z.object({
        ...guestNamed,
        source_node: NodeName.nullable(),
        target_node: NodeName,
        temporary: z.boolean().describe('It goes on from there in a later step'),
      }),
    ),
    est_duration_minutes: Minutes,
  })
  .meta({ id: 'PlanStep', description: 'Moves that run together; the next step begins when all have ended' });
export type PlanStep = z.infer<typeof PlanStep>;

const named = {
  rule: z.string().optional(),
  guest: z.string().optional(),
  node: z.string().optional(),
  storage: z.string().optional(),
};

/** What cannot be had together, none of it needless. */
export const PlanConflict = z
  .object({
    reason: z.string(),
    parts: z.array(z.object({ kind: z.string(), ...named, limit: z.number().optional(), text: z.string() })),
    guests: z.array(z.string()).describe('Those without whom there would be no conflict'),
    missing: z
      .array(
        z.object({
          resource: z.enum(['ram', 'cpu', 'storage']),
          storage: z.string().optional(),
          nodes: z.array(z.string()),
          amount: z.number().describe('MiB or vCPUs'),
        }),
      )
      .describe('Room that is wanting'),
    minimal: z.boolean().describe('It was checked that without any one part the conflict is gone'),
  })
  .meta({ id: 'PlanConflict', description: 'What cannot be had together, none of it needless' });
export type PlanConflict = z.infer<typeof PlanConflict>;

/** Changes that together would make a plan possible. */
export const PlanRelaxation = z
  .object({
    text: z.string(),
    changes: z.array(z.object({ kind: z.string(), ...named, amount: z.number().optional(), text: z.string() })),
    reachable: z.boolean().describe('A way there was found as well; false: that is not known'),
  })
  .meta({ id: 'PlanRelaxation', description: 'Changes that together would make a plan possible' });
export type PlanRelaxation = z.infer<typeof PlanRelaxation>;

export const planStatuses = ['ok', 'no-change', 'partial', 'infeasible', 'rule-conflict', 'not-found'] as const;

/** What would be best for a cluster, checked by somebody else than who made it. */
export const ClusterPlan = z
  .object({
    goal: z.enum(planGoals),
    status: z
      .enum(planStatuses)
      .describe(
        'ok: moves that reach the goal. no-change: nothing to be moved. partial: the best there is where not all can be had; `left_behind`, `unrepairable`, `conflicts` and `after.broken` say what is lacking, and nothing is worse than before. infeasible, rule-conflict: the goal cannot be reached; `conflicts` says why. not-found: no plan was found in the time, and whether there is one is not known',
      ),
    explanation: z.array(z.string()).describe('Sentences, the most important first'),
    before: PlanFigures.describe('The cluster with the overrides, moves under way taken as done'),
    after: PlanFigures.nullable().describe('After all moves; null: there is no plan'),
    moves: z.array(PlanMove),
    steps: z.array(PlanStep),
    ram_bytes: Bytes,
    disk_bytes: Bytes,
    est_duration_minutes: Minutes,
    objective: z
      .object({
        before: z.number(),
        after: z.number(),
        lower_bound: z.number().nullable().describe('No plan is better than this; null: not known'),
        gap_percent: z.number().nullable().describe('How far the plan is from the bound'),
        is_optimal: z.boolean().describe('It is proven that no plan is better'),
      })
      .nullable()
      .describe(
        'Lower is better: points between the fullest and the emptiest node, times half the nodes, and what moves cost',
      ),
    certificate: z
      .object({
        certified: z.literal(true),
        rules_checked: z.array(z.string()),
        moves: z.int(),
        stopovers: z.int(),
      })
      .nullable()
      .describe(
        'The plan was replayed: every rule and limit holds while its moves run and in the end, but for those in `after.broken`, of which none is broken more than before. null: there is no plan',
      ),
    conflicts: z.array(PlanConflict),
    relaxations: z.array(PlanRelaxation).describe('The smallest first'),
    left_behind: z.array(SkippedGuest).describe('Guests that cannot leave a node that is to be emptied'),
    unrepairable: z
      .array(z.object({ rule: z.string(), message: z.string() }))
      .describe('Rules that no move can repair now'),
    staying: z.record(z.string(), z.int()).describe('Guests that may not be moved, by reason'),
    memory: z
      .enum(['assigned', 'used'])
      .describe('Guests claim what they may use, or, where that is more than there is, what they use'),
    seed: z.int(),
    planning_ms: z.int(),
    snapshot_id: z.string(),
    snapshot_collected_at: Instant,
    snapshot_age_seconds: z.int(),
  })
  .meta({ id: 'ClusterPlan' });
export type ClusterPlan = z.infer<typeof ClusterPlan>;
