import type { PlacementStep } from '../placement/model.ts';

/** What can be said of a problem: that something is permitted, why nothing is, or that nobody knows. */
export type Verdict =
  | {
      readonly status: 'feasible';
      readonly placement: readonly number[];
      /** Permitted steps to a permitted state; null: there is such a state, and whether it can be reached is not known */
      readonly steps: readonly PlacementStep[] | null;
    }
  | Refusal
  | { readonly status: 'unknown' };

export type Refusal = {
  /** `rule-conflict`: rules, pins and lists of nodes contradict each other whatever room there is and whichever nodes serve */
  readonly status: 'rule-conflict' | 'infeasible';
  /** `way`: a permitted state exists, and no permitted order of moves leads to one */
  readonly because: 'rules' | 'room' | 'way';
  /** Each by itself makes the problem infeasible. Not all there are: what the nearest relaxation has to resolve */
  readonly conflicts: readonly Conflict[];
  /** Fewest changes first; each makes the whole problem feasible */
  readonly relaxations: readonly Relaxation[];
};

/** What cannot be kept together, none of it needless. */
export type Conflict = {
  readonly parts: readonly ConflictPart[];
  /** Guests without whom there would be no conflict */
  readonly guests: readonly string[];
  readonly missing: readonly Missing[];
  /** It was checked that without any one part, and without any one guest, the conflict is gone. False: for some it is not known */
  readonly minimal: boolean;
  readonly reason: string;
};

/** A rule, a guest that may not go everywhere, a node that is not to be used, or room on one. Names, not indices. */
export type ConflictPart = {
  readonly kind:
    | 'affinity'
    | 'anti-affinity'
    | 'pinned'
    | 'ignored'
    | 'allowed'
    | 'drains'
    | 'maintenance'
    | 'closed'
    | 'ram'
    | 'cpu'
    | 'storage'
    | 'max-moves'
    | 'inflow'
    | 'parallel';
  readonly rule?: string;
  readonly guest?: string;
  readonly node?: string;
  readonly storage?: string;
  /** MiB, vCPUs or moves */
  readonly limit?: number;
  readonly text: string;
};

/** How much more some nodes would need for the guests that can be on no others, by the sum alone. */
export type Missing = {
  readonly resource: 'ram' | 'cpu' | 'storage';
  readonly storage?: string;
  readonly nodes: readonly string[];
  /** MiB or vCPUs */
  readonly amount: number;
};

/** Changes that together make the problem feasible; none of them is needless. */
export type Relaxation = {
  readonly changes: readonly RelaxationChange[];
  /** Whether permitted moves to a permitted state were found as well. False: that is not known */
  readonly reachable: boolean;
  readonly text: string;
};

export type RelaxationChange = {
  readonly kind:
    | 'drop-rule'
    | 'release-guest'
    | 'allow-node'
    | 'keep-node'
    | 'more-ram'
    | 'more-vcpus'
    | 'more-storage'
    | 'raise-limit';
  readonly rule?: string;
  readonly guest?: string;
  readonly node?: string;
  readonly storage?: string;
  /** How much more: MiB or vCPUs */
  readonly amount?: number;
  readonly text: string;
};
