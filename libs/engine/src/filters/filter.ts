import type { Guest, SkippedGuest } from '@proxbalance/contracts';
import type { Problem } from '../recommend/problem.ts';
import type { NodeState } from '../state/node-state.ts';

export type Refusal = Pick<SkippedGuest, 'reason' | 'detail'>;

/** A guest with the node it is on. */
export type Placed = { guest: Guest; source: NodeState };

/** A reason for which a guest stays where it is, whatever the target. */
export type GuestFilter = {
  name: string;
  summary: string;
  check: (placed: Placed, problem: Problem) => Refusal | null;
};

/** A reason for which a guest may not go to one node; says why in words. */
export type TargetFilter = {
  name: string;
  summary: string;
  check: (placed: Placed, target: NodeState, problem: Problem) => string | null;
};
