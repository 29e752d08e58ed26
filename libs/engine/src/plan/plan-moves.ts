import type { ExecutionPlan, Guest, MigrationLimits } from '@proxbalance/contracts';
import type { Problem } from '../recommend/problem.ts';
import { moveGuest } from '../state/cluster-state.ts';
import { openGroup, type PlannedMove } from './group.ts';
import { findHop } from './hop.ts';

type Step = ExecutionPlan['ordered_recommendations'][number];

/** What the queue of moves allows when nobody says otherwise. */
export const defaultLimits: MigrationLimits = { cluster: 4, per_source: 2, per_target: 1 };

/** A move to be made, as it was decided: the order given is the order wanted. */
export type MoveToPlan = { guest: Guest; target: string };

/**
 * Order moves into groups that run together. `problem.state` is the cluster before all of them and is used up. In a group a
 * guest counts at both its ends; room, exclude_ tags and storage hold for all that run at once, within the limits per node.
 * Where every move waits for another, one guest is parked on a third node; what even that cannot free is told, not dropped.
 */
export const planMoves = (problem: Problem, moves: readonly MoveToPlan[], limits: MigrationLimits): ExecutionPlan => {
  const { state } = problem;
  const steps: Step[] = [];
  const groups: number[][] = [];
  let pending = moves.flatMap(({ guest, target }, index): PlannedMove[] => {
    const [from, to] = [state.byName.get(guest.node), state.byName.get(target)];
    return from && to ? [{ index, guest, source: from, target: to, reason: '', isTemporary: false }] : [];
  });
  while (pending.length > 0) {
    const group = openGroup(problem, pending, limits);
    const hop = group.length === 0 ? findHop(problem, pending) : null;
    if (hop) group.push(hop);
    if (group.length === 0) break;
    for (const move of group) begin(move, problem);
    for (const move of group) moveGuest(state, move.guest, move.source, undefined);
    groups.push(group.map(({ index }) => index));
    for (const move of group) steps.push(stepOf(move, steps.length + 1, groups.length));
    pending = remaining(pending, new Set(group), hop);
  }
  return {
    ordered_recommendations: steps,
    parallel_groups: groups,
    total_steps: steps.length,
    can_parallelize: groups.some((group) => group.length > 1),
    ...(pending.length > 0 ? { deferred: pending.map(deferredOf) } : {}),
  };
};

/** A move that begins takes its room on the target; openGroup has done so already for those of a group. */
const begin = (move: PlannedMove, { state }: Problem): void => {
  if (!move.hasBegun) moveGuest(state, move.guest, undefined, move.target);
};

const remaining = (pending: readonly PlannedMove[], done: ReadonlySet<PlannedMove>, hop: PlannedMove | null) =>
  pending
    .filter((move) => !done.has(move))
    .map((move) =>
      hop && move.index === hop.index
        ? { ...move, source: hop.target, hasHopped: true, reason: `Comes back from ${hop.target.name}` }
        : move,
    );

const stepOf = (move: PlannedMove, step: number, parallel_group: number): Step => ({
  step,
  parallel_group,
  ...namesOf(move),
  reason_for_order: move.reason || 'Nothing has to happen before',
  ...(move.isTemporary ? { temporary: true } : {}),
});

const deferredOf = (move: PlannedMove) => ({ ...namesOf(move), reason: move.reason });

const namesOf = ({ guest, source, target }: PlannedMove) => ({
  vmid: guest.vmid,
  name: guest.name,
  source_node: source.name,
  target_node: target.name,
});
