import type { PlacementProblem } from '../placement/model.ts';
import type { Violation } from './certificate.ts';
import type { ClaimedStep } from './claims.ts';
import { acceptMoves } from './formal.ts';
import { groupsOf } from './groups.ts';
import { planRules } from './registry.ts';
import type { RunningMove, RunningStep, Target } from './rule.ts';

type Replayed = { at: readonly number[]; moves: readonly RunningMove[]; violations: readonly Violation[] };

/** Walks through the steps: where everybody is in the end, the moves that were made, and what they violated. */
export const replay = (problem: PlacementProblem, steps: readonly ClaimedStep[], stepsDone: number): Replayed => {
  const at = problem.guests.map(({ node }) => node);
  const groups = groupsOf(problem);
  const made: RunningMove[] = [];
  const violations: Violation[] = [];
  for (const [i, claims] of steps.entries()) {
    const step = stepsDone + i + 1;
    const { moves, violations: formal } = acceptMoves(problem, at, step, claims);
    const running: RunningStep = { problem, step, at, moves, groups, targets: targetsOf(at, moves) };
    violations.push(...formal, ...planRules.flatMap(({ during }) => during?.(running) ?? []));
    for (const { guest, to } of moves) at[guest] = to;
    made.push(...moves);
  }
  const walk = { problem, steps: stepsDone + steps.length, moves: made };
  violations.push(...planRules.flatMap(({ overall }) => overall?.(walk) ?? []));
  return { at, moves: made, violations };
};

const targetsOf = (at: readonly number[], moves: readonly RunningMove[]): Map<number, Target> => {
  const targets = new Map<number, { standing: number[]; arriving: number[] }>();
  for (const { to } of moves) targets.set(to, { standing: [], arriving: [] });
  for (const [guest, node] of at.entries()) targets.get(node)?.standing.push(guest);
  for (const { guest, to } of moves) targets.get(to)?.arriving.push(guest);
  return targets;
};
