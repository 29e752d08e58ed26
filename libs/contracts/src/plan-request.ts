import { z } from 'zod';
import { Tag } from './guest-facts.ts';
import { Gib, GuestType, NodeName, Vmid } from './values.ts';

const cores = z.number().min(0.1).max(4096);
const memory = z.number().min(0.0625).max(65_536).describe('GiB');
const share = z.number().min(0).max(100);
const names = z.array(NodeName).min(1).max(64);

/** A guest that does not exist yet. */
export const NewGuest = z
  .strictObject({
    name: z.string().trim().min(1).max(100).optional().describe('What the answer calls it; new-1, new-2, … without it'),
    type: GuestType.default('VM'),
    vcpus: cores,
    mem_gb: memory.describe('GiB it may use'),
    cpu: z.number().min(0).max(4096).optional().describe('Cores it is expected to use; half of its vCPUs without it'),
    disks: z
      .array(z.strictObject({ storage: z.string().min(1).max(100), size_gb: Gib.max(1_000_000) }))
      .max(32)
      .default([]),
    tags: z.array(Tag).max(64).default([]).describe('affinity_ and exclude_ count'),
    count: z.int().min(1).max(200).default(1).describe('So many like it'),
  })
  .meta({ id: 'NewGuest' });
export type NewGuest = z.output<typeof NewGuest>;

/** How good is weighed against dear; what is absent is as it always is. */
export const PlanPolicy = z
  .strictObject({
    memory: z
      .enum(['assigned', 'used'])
      .optional()
      .describe(
        'What guests claim: all they may use, or what they use; assigned, unless the cluster promises too much',
      ),
    mem_limit_percent: z
      .number()
      .min(10)
      .max(100)
      .optional()
      .describe('Share of a node’s memory that may be claimed: 95'),
    cpu_overcommit: z
      .number()
      .min(0.1)
      .max(1000)
      .optional()
      .describe('vCPUs for each core of a node; no limit without it'),
    cpu_weight: share.optional().describe('How much CPU counts in the balance: 1'),
    mem_weight: share.optional().describe('How much memory counts in the balance: 1'),
    move_cost: share.optional().describe('How dear a move is: 1; with 0 nearly nothing is left uneven'),
  })
  .meta({ id: 'PlanPolicy' });
export type PlanPolicy = z.output<typeof PlanPolicy>;

const AddedNode = z.strictObject({
  name: NodeName,
  like: NodeName.describe('It has the storages of this node, local ones empty, and its size where none is given'),
  cpu_cores: z.int().min(1).max(4096).optional(),
  mem_gb: memory.optional(),
});

const GrownGuest = z.strictObject({
  vmid: Vmid,
  cpu_cores: cores.optional().describe('vCPUs; it uses the same share of them'),
  mem_gb: memory.optional().describe('GiB it may use; it uses the same share of them'),
});

/** What is to be taken as being otherwise than it is. */
export const PlanOverrides = z
  .strictObject({
    add_nodes: z.array(AddedNode).min(1).max(16).optional(),
    fail_nodes: names
      .optional()
      .describe('Gone: their running guests are started elsewhere, where their disks allow it'),
    drain_nodes: names.optional().describe('Emptied, like nodes in maintenance'),
    grow_guests: z.array(GrownGuest).min(1).max(1000).optional().describe('Or shrink'),
    drop_rules: z
      .array(z.string().min(1).max(1000))
      .min(1)
      .max(100)
      .optional()
      .describe('Rules that do not count, by name: affinity_ and exclude_ tags, resource affinity of Proxmox'),
    policy: PlanPolicy.optional(),
  })
  .meta({ id: 'PlanOverrides' });
export type PlanOverrides = z.output<typeof PlanOverrides>;

export const planGoals = ['balance', 'rules', 'evacuate', 'place', 'what-if'] as const;

/** How long better plans may be looked for, at most and without a word, milliseconds. */
const planTimeLimitMaxMs = 60_000;
export const planTimeLimitUsualMs = 2000;

/** What a plan is wanted for. */
export const PlanRequest = z
  .strictObject({
    goal: z
      .enum(planGoals)
      .describe(
        'balance: even out, and repair rules. rules: repair rules alone. evacuate: empty nodes. place: find room for new guests. what-if: balance a cluster that is otherwise',
      ),
    nodes: names.optional().describe('evacuate: the nodes to empty'),
    guests: z.array(NewGuest).min(1).max(200).optional().describe('place: the new guests'),
    overrides: PlanOverrides.optional(),
    max_moves: z.int().min(0).max(100_000).optional().describe('Moves in the whole plan, stopovers included'),
    time_limit_ms: z
      .int()
      .min(100)
      .max(planTimeLimitMaxMs)
      .default(planTimeLimitUsualMs)
      .describe('How long to look for better ones'),
    seed: z.int().min(0).max(2_147_483_647).default(1).describe('The same gives the same plan where time allows'),
  })
  .superRefine(({ goal, nodes, guests, overrides }, context) => {
    const object = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((goal === 'evacuate') !== (nodes !== undefined))
      object('nodes', goal === 'evacuate' ? 'must name the nodes to empty' : 'is for the goal evacuate');
    if ((goal === 'place') !== (guests !== undefined))
      object('guests', goal === 'place' ? 'must list the new guests' : 'is for the goal place');
    if (goal === 'what-if' && Object.keys(overrides ?? {}).length === 0)
      object('overrides', 'must say what is to be otherwise');
    if (guests && guests.reduce((all, { count }) => all + count, 0) > 200)
      object('guests', 'must be 200 at most, counted one by one');
  })
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.output<typeof PlanRequest>;
