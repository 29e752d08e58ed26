import type { PlacementMove, PlacementProblem, PlacementStep } from '../../placement/model.ts';
import type { Budget } from './budget.ts';
import type { Compact } from './compact.ts';
import { groundOf } from './ground.ts';
import { nextSteps, type Placing } from './next-steps.ts';

/** Whether anything permitted can be reached. `unknown`: the budget was used up, or a size is not a number. */
export type Reached =
  | { readonly answer: 'feasible'; readonly steps: readonly PlacementStep[] }
  | { readonly answer: 'infeasible' | 'unknown' };

/** Guests × nodes; of more than that, what can be reached is past counting. */
const SIZE_MAX = 600;

/** A placement that was reached, and how; the first one was not. */
type Visit = { readonly at: Placing; readonly before: Visit | null; readonly step: readonly PlacementMove[] };

/**
 * Whether permitted steps lead to a state that keeps every limit and every hard rule: all placements that can be reached, those of fewer
 * moves first, so the steps found are of the fewest moves. Exact, and for small problems only.
 */
export const reach = (problem: PlacementProblem, budget: Budget): Reached => {
  const ground = groundOf(problem);
  if (!ground) return { answer: 'unknown' };
  const isSmall = problem.guests.length * problem.nodes.length <= SIZE_MAX;
  const most = problem.policy.maxMoves ?? Number.POSITIVE_INFINITY;
  const waiting: Visit[][] = [[{ at: problem.guests.map(({ node }) => node), before: null, step: [] }]];
  const seen = new Set<string>();
  for (let moves = 0; moves < waiting.length && moves <= most; moves++) {
    for (const visit of waiting[moves] ?? []) {
      const key = String.fromCharCode(...visit.at);
      if (seen.has(key)) continue;
      seen.add(key);
      if (isPermitted(ground.compact, visit.at)) return { answer: 'feasible', steps: stepsTo(visit) };
      const steps = budget.left > 0 && isSmall ? nextSteps(ground, visit.at, budget) : null;
      if (!steps) return { answer: 'unknown' };
      for (const step of steps) {
        const later = moves + step.length;
        waiting[later] ??= [];
        waiting[later].push({ at: after(visit.at, step), before: visit, step });
      }
    }
    waiting[moves] = [];
  }
  return { answer: 'infeasible' };
};

const after = (at: Placing, step: readonly PlacementMove[]): number[] => {
  const next = at.slice();
  for (const { guest, to } of step) next[guest] = to;
  return next;
};

const isPermitted = ({ ends, together, apart, room, demand, resourceCount }: Compact, at: Placing): boolean => {
  if (at.some((node, guest) => !ends[guest]?.includes(node))) return false;
  const nodesOf = (members: readonly number[]) => new Set(members.map((guest) => at[guest])).size;
  if (together.some((members) => nodesOf(members) > 1)) return false;
  if (apart.some((members) => nodesOf(members) < members.length)) return false;
  const left = room.slice();
  for (const [guest, node] of at.entries())
    for (let i = 0; i < resourceCount; i++)
      left[node * resourceCount + i] = (left[node * resourceCount + i] ?? 0) - (demand[guest * resourceCount + i] ?? 0);
  return left.every((rest) => rest >= 0);
};

/** Whoever moves again stops over. */
const stepsTo = (end: Visit): PlacementStep[] => {
  const steps: PlacementStep[] = [];
  const moveOn = new Set<number>();
  for (let visit = end; visit.before; visit = visit.before) {
    steps.unshift(visit.step.map((move) => (moveOn.has(move.guest) ? { ...move, hop: true as const } : move)));
    for (const { guest } of visit.step) moveOn.add(guest);
  }
  return steps;
};
