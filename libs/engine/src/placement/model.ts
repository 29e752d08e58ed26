/**
 * A placement problem: a cluster at one moment, its rules, and what is wanted of it. The snapshot of a cluster and a problem
 * file are both read into this; the planner and the verifier know nothing else. Memory and disks are whole MiB, CPU is
 * thousandths of a vCPU; nodes and guests are named by id and refer to each other by index.
 */
export type PlacementProblem = {
  readonly nodes: readonly PlacementNode[];
  readonly guests: readonly PlacementGuest[];
  readonly affinity: readonly PlacementRule[];
  readonly antiAffinity: readonly PlacementRule[];
  readonly policy: PlacementPolicy;
};

export type PlacementNode = {
  readonly id: string;
  /** RAM that guests may claim */
  readonly memMib: number;
  /** vCPUs that guests may have in all, in thousandths: usable cores times the overcommit of the policy */
  readonly vcpuLimitMilli: number;
  /** Room for local disks of the guests in the problem, those that are there included, by storage; one that is absent has none */
  readonly storageMib: Readonly<Record<string, number>>;
  /** `serves`: guests may come. `drains`: it is to be emptied and receives nothing, and its load still counts in the balance. `maintenance`: the same, and it is left out of the balance. `closed`: nothing comes and nothing has to go (unreachable, unknown) */
  readonly duty: 'serves' | 'drains' | 'maintenance' | 'closed';
};

export type PlacementGuest = {
  readonly id: string;
  readonly type: 'VM' | 'CT';
  /** Where it is: index of a node */
  readonly node: number;
  /** vCPUs in thousandths, and the RAM it may claim: what limits and moves count. 0 for one that is off */
  readonly vcpusMilli: number;
  readonly memMib: number;
  /** Local disks, copied when it moves onto a storage of the same name */
  readonly disksMib: Readonly<Record<string, number>>;
  /** Why it may not move; null: it may */
  readonly fixed: 'ignored' | 'pinned' | null;
  /** Nodes it may be on, ascending; null: all */
  readonly allowed: readonly number[] | null;
  /** What a move to another node costs: RAM, local disks, downtime, dirty rate, moved a short while ago; in units of 256 MiB */
  readonly moveCost: number;
};

export type PlacementRule = {
  readonly name: string;
  /** Indices of guests, each once, at least two */
  readonly members: readonly number[];
  readonly hard: boolean;
  /** `pve`: Proxmox holds it at every moment. `tag`: it must hold when all moves are done */
  readonly origin: 'pve' | 'tag';
};

/**
 * One load that is to be even: what each guest adds to its node, what each node has without guests, and what 1 is worth there.
 * A node's load is (base + sum of footprints) / capacity, rounded down to a whole number where the objective says so.
 */
export type BalanceTerm = {
  readonly name: string;
  readonly weight: number;
  /** By guest */
  readonly footprints: readonly number[];
  /** By node */
  readonly bases: readonly number[];
  /** By node; above 0 */
  readonly capacities: readonly number[];
  /** By node: whether its load counts */
  readonly counted: readonly boolean[];
};

/** Lower is better: balanceWeight × Σ weight × unevenness + costWeight × cost of what moved + moveWeight × moves + softWeight × broken soft rules. */
export type PlacementObjective = {
  readonly terms: readonly BalanceTerm[];
  /** `gap`: the highest less the lowest load. `deviation`: the standard deviation of all */
  readonly unevenness: 'gap' | 'deviation';
  /** Loads are whole numbers, rounded down */
  readonly whole: boolean;
  readonly balanceWeight: number;
  /** For the cost of each guest that ends elsewhere */
  readonly costWeight: number;
  /** For each guest that ends elsewhere */
  readonly moveWeight: number;
  /** Soft anti-affinity: one for each node with more than one member. Soft affinity: two for each member away from the first */
  readonly softWeight: number;
};

export type PlacementPolicy = {
  readonly objective: PlacementObjective;
  /** Moves that may arrive at one node, and moves in all, in one step; null: any number */
  readonly maxNodeInflow: number | null;
  readonly maxParallel: number | null;
  /** Moves in the whole plan, stopovers included; null: any number */
  readonly maxMoves: number | null;
};

/** Moves that run at the same time; the next step begins when all of them are done. Guests and nodes by index. */
export type PlacementStep = readonly PlacementMove[];
export type PlacementMove = { readonly guest: number; readonly from: number; readonly to: number; readonly hop?: true };
