import { z } from 'zod';

/*
 * A placement problem as a file: sizes in GiB, CPU in cores, pressure in percent. What may be absent has the value it has where
 * nobody said anything; who reads it needs no defaults of his own.
 */

const Amount = z.number().nonnegative();
const StorageGib = z.record(z.string(), Amount);
const Stall = z.object({ cpu: Amount.default(0), mem: Amount.default(0), io: Amount.default(0) }).prefault({});
const Share = z.object({ usage: Amount.default(1), pressure: Amount.default(1) }).prefault({});
const Limit = z.int().nonnegative().nullable();

const ProblemNode = z.object({
  id: z.string(),
  cores: Amount,
  mem_gib: Amount,
  reserve: z
    .object({ mem_gib: Amount.default(0), cores: Amount.default(0), storage: StorageGib.default({}) })
    .prefault({}),
  host_cpu: Amount.default(0).describe('Cores the host itself uses'),
  host_mem_gib: Amount.default(0),
  storage_free: StorageGib.default({}).describe(
    'Room for local disks of the guests listed, those already there included',
  ),
  maintenance: z.boolean().default(false),
});
export type ProblemNode = z.infer<typeof ProblemNode>;

const ProblemGuest = z.object({
  id: z.string(),
  type: z.enum(['VM', 'CT']),
  node: z.string(),
  running: z.boolean().default(true),
  vcpus: Amount,
  cpu: Amount.describe('Cores in use'),
  mem_gib: Amount.describe('RAM in use'),
  mem_max_gib: Amount.describe('RAM allocated'),
  pressure: Stall,
  disks: StorageGib.default({}).describe('Local disks'),
  priority: Amount.default(2),
  ignore: z.boolean().default(false),
  pinned: z.boolean().default(false),
  allowed: z.array(z.string()).nullable().default(null),
});
export type ProblemGuest = z.infer<typeof ProblemGuest>;

const ProblemRule = z.object({
  name: z.string(),
  members: z.array(z.string()),
  hard: z.boolean(),
  origin: z.enum(['pve', 'tag']),
});
export type ProblemRule = z.infer<typeof ProblemRule>;

const ProblemPolicy = z.object({
  method: z.string(),
  mode: z.string().default('used'),
  balanciness: z.literal([1, 2, 3, 4, 5]),
  cpu_overcommit: Amount.default(2),
  thresholds: z
    .object({ cpu: Amount.nullish(), mem: Amount.nullish(), disk: Amount.nullish() })
    .prefault({})
    .describe('Percent; balance counts only when a node exceeds one of those set'),
  weights: z
    .object({
      balance: Amount.nullish(),
      stickiness: Amount.nullish(),
      cpu: Share,
      mem: Share,
      io: Share,
      global: z.object({ mem: Amount.default(10), cpu: Amount.default(10), io: Amount.default(1) }).prefault({}),
    })
    .prefault({}),
  max_node_inflow: Limit.default(null),
  max_parallel: Limit.default(null),
  max_moves: Limit.default(null),
});
export type ProblemPolicy = z.infer<typeof ProblemPolicy>;

/** The file: `placement-problem/1`. Ids are unique, and guests and nodes to be emptied name nodes that are there. */
export const PlacementProblemFile = z
  .object({
    format: z.literal('placement-problem/1'),
    nodes: z.array(ProblemNode).min(1),
    guests: z.array(ProblemGuest),
    rules: z
      .object({ affinity: z.array(ProblemRule).default([]), anti_affinity: z.array(ProblemRule).default([]) })
      .prefault({}),
    evacuate: z.array(z.string()).default([]),
    policy: ProblemPolicy,
  })
  .superRefine((problem, context) => {
    const object = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const list of ['nodes', 'guests'] as const) {
      const seen = new Set<string>();
      for (const [i, { id }] of problem[list].entries()) {
        if (seen.has(id)) object([list, i, 'id'], `"${id}" is there twice`);
        seen.add(id);
      }
    }
    const known = new Set(problem.nodes.map(({ id }) => id));
    for (const [i, { node }] of problem.guests.entries())
      if (!known.has(node)) object(['guests', i, 'node'], `there is no node "${node}"`);
    for (const [i, node] of problem.evacuate.entries())
      if (!known.has(node)) object(['evacuate', i], `there is no node "${node}"`);
  });
export type PlacementProblemFile = z.infer<typeof PlacementProblemFile>;
