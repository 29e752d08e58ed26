/** What a plan may do wrong. `final-…`: what is broken when all moves are done. */
export type ViolationKind =
  | 'malformed'
  | 'unknown-guest'
  | 'unknown-node'
  | 'double-move'
  | 'wrong-source'
  | 'no-op'
  | 'hop-left'
  | 'ram'
  | 'cpu'
  | 'storage'
  | 'anti-affinity'
  | 'affinity-split'
  | 'inflow'
  | 'parallel'
  | 'max-moves'
  | 'pinned-moved'
  | 'ignored-moved'
  | 'to-maintenance'
  | 'to-evacuated'
  | 'to-closed'
  | 'not-allowed'
  | RestKind;

export type RestKind =
  | 'final-ram'
  | 'final-cpu'
  | 'final-storage'
  | 'final-affinity'
  | 'final-anti-affinity'
  | 'final-allowed'
  | 'final-maintenance'
  | 'final-evacuate';

/** One limit or rule that a plan violates: in fields, and in words. Nodes, guests and rules by their names. */
export type Violation = {
  readonly kind: ViolationKind;
  /** The first step is 1. The whole plan: 0. Its end: one more than it has steps */
  readonly step: number;
  readonly node?: string;
  readonly guest?: string;
  readonly rule?: string;
  /** Guests the rule is about */
  readonly members?: readonly string[];
  readonly storage?: string;
  /** MiB, vCPUs or moves */
  readonly used?: number;
  readonly limit?: number;
  readonly message: string;
};

/** A rule or limit that a state in which nothing moves does not keep. */
export type Broken = Omit<Violation, 'step' | 'kind'> & {
  readonly kind: RestKind;
  /** By how much: MiB, vCPUs, guests or nodes too many */
  readonly excess: number;
};

/** What replaying a plan found. Only a certified plan may be carried out. */
export type Certificate = {
  /** Nothing is violated */
  readonly certified: boolean;
  readonly violations: readonly Violation[];
  /** Rules and limits that are broken before the first step, and after the last one */
  readonly brokenBefore: readonly Broken[];
  readonly brokenAfter: readonly Broken[];
  /** Moves of the plan, and how many of them are stopovers */
  readonly moves: number;
  readonly hops: number;
  /** Index of the node on which each guest ends */
  readonly placement: readonly number[];
};
