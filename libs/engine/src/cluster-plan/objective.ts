import type { ClusterPlan } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import type { PlacementProblem } from '../placement/model.ts';
import { counted, loadsOf, spreadOf } from './figures.ts';

type Weighed = { readonly end: readonly number[]; readonly bound: number; readonly proven: boolean };

/** What the planner made small, at the beginning and at the end, and how far the end is from what is possible. */
export const objectiveOf = (problem: PlacementProblem, { end, bound, proven }: Weighed): ClusterPlan['objective'] => {
  const start = problem.guests.map(({ node }) => node);
  const [before, after] = [weigh(problem, start), weigh(problem, end)];
  // Nothing in the objective is ever below 0.
  const least = proven ? after : Math.min(after, Math.max(0, bound));
  const isKnown = Number.isFinite(bound);
  return {
    before: roundTo(before, 4),
    after: roundTo(after, 4),
    lower_bound: isKnown || proven ? roundTo(least, 4) : null,
    gap_percent: isKnown || proven ? roundTo(after > 0 ? (100 * (after - least)) / after : 0, 2) : null,
    is_optimal: proven,
  };
};

const weigh = (problem: PlacementProblem, at: readonly number[]): number => {
  const { terms, balanceWeight, costWeight, moveWeight } = problem.policy.objective;
  const uneven = terms.reduce(
    (sum, { weight }, t) => sum + weight * spreadOf(counted(problem, t, loadsOf(problem, at, t))),
    0,
  );
  const moved = problem.guests.filter(({ node }, g) => at[g] !== node);
  const cost = moved.reduce((sum, { moveCost }) => sum + moveCost, 0);
  return balanceWeight * uneven + costWeight * cost + moveWeight * moved.length;
};
