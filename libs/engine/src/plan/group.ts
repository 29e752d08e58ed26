import type { Guest, MigrationLimits } from '@proxbalance/contracts';
import type { TargetFilter } from '../filters/filter.ts';
import { antiAffinity } from '../filters/target/anti-affinity.ts';
import { memory, memoryClaim, memoryMissing } from '../filters/target/memory.ts';
import { storage } from '../filters/target/storage.ts';
import { usable } from '../filters/target/usable.ts';
import type { Problem } from '../recommend/problem.ts';
import { moveGuest } from '../state/cluster-state.ts';
import type { NodeState } from '../state/node-state.ts';

/** A move that waits for its turn. */
export type PlannedMove = {
  /** Its place among the moves wanted */
  readonly index: number;
  readonly guest: Guest;
  readonly source: NodeState;
  readonly target: NodeState;
  /** What it had to wait for */
  reason: string;
  readonly isTemporary: boolean;
  /** Its room on the target is taken */
  hasBegun?: boolean;
  /** It was parked once already */
  readonly hasHopped?: boolean;
};

/** What must hold when a move begins; a group that is carried over guest by guest may be apart for a while. */
const rules: readonly TargetFilter[] = [usable, antiAffinity, memory, storage];

/** Why a guest cannot go to a node as things stand; null: it can. */
export const obstacle = (move: Pick<PlannedMove, 'guest' | 'source'>, target: NodeState, problem: Problem) =>
  rules.find((rule) => !rule.admits(move, target, problem))?.why(move, target, problem) ?? null;

/**
 * The moves that can run together now, in the order wanted. Each takes its room on the target at once and gives up none on its
 * source. A move never takes the room that one before it waits for, so the first of all can always go where it was meant to.
 */
export const openGroup = (
  problem: Problem,
  pending: readonly PlannedMove[],
  { cluster, per_source, per_target }: MigrationLimits,
): PlannedMove[] => {
  const group: PlannedMove[] = [];
  const [leaving, coming] = [new Map<NodeState, number>(), new Map<NodeState, number>()];
  const spokenFor = new Map<NodeState, number>();
  for (const move of pending) {
    const { guest, source, target } = move;
    if (group.length >= cluster) {
      move.reason ||= `At most ${cluster} moves at once`;
      continue;
    }
    const waitsFor =
      crowd(leaving, source, per_source, 'leave') ??
      crowd(coming, target, per_target, 'enter') ??
      wanted(move, spokenFor) ??
      told(obstacle(move, target, problem));
    if (waitsFor !== null) {
      move.reason = waitsFor;
      spokenFor.set(target, (spokenFor.get(target) ?? 0) + memoryClaim(guest));
      continue;
    }
    moveGuest(problem.state, guest, undefined, target);
    move.hasBegun = true;
    group.push(move);
    leaving.set(source, (leaving.get(source) ?? 0) + 1);
    coming.set(target, (coming.get(target) ?? 0) + 1);
  }
  return group;
};

const told = (obstacle: string | null): string | null => obstacle && `Others have to leave first. ${obstacle}`;

const crowd = (counts: ReadonlyMap<NodeState, number>, node: NodeState, limit: number, verb: string): string | null =>
  (counts.get(node) ?? 0) < limit ? null : `At most ${limit} ${verb} ${node.name} at once`;

const wanted = (move: PlannedMove, spokenFor: ReadonlyMap<NodeState, number>): string | null => {
  const others = spokenFor.get(move.target) ?? 0;
  return others > 0 && memoryMissing(move, move.target) + others > 0
    ? `Room on ${move.target.name} is kept for a move before it`
    : null;
};
