import type { Change, Guest, SkippedGuest } from '@proxbalance/contracts';
import type { GuestHabit } from '../load.ts';
import type { Problem } from '../recommend/problem.ts';
import type { NodeState } from '../state/node-state.ts';

export type Refusal = Pick<SkippedGuest, 'reason' | 'detail'>;

/** A guest with the node it is on, and how it uses its CPU where that is known. */
export type Placed = { guest: Guest; source: NodeState; profile?: GuestHabit | undefined };

/** A reason for which a guest stays where it is, whatever the target. */
export type GuestFilter = {
  name: string;
  summary: string;
  check: (placed: Placed, problem: Problem) => Refusal | null;
};

/** A rule that can keep a guest off one node. Asked for every pair of guest and node, it answers yes or no; words are for who wants them. */
export type TargetFilter = {
  name: string;
  summary: string;
  admits: (placed: Placed, target: NodeState, problem: Problem) => boolean;
  /** Why it does not admit, in words */
  why: (placed: Placed, target: NodeState, problem: Problem) => string;
  /** The smallest change after which it would admit; asked only where it does not */
  change: (placed: Placed, target: NodeState, problem: Problem) => Change;
};
