import type { PlacementProblem } from '../placement/model.ts';
import type { Answer } from './minimal.ts';
import { type Budget, spend } from './oracle/budget.ts';
import { decide } from './oracle/decide.ts';
import { reach } from './oracle/reach.ts';

/** What is asked of a problem and of what it becomes when constraints are left out; a placement comes with `feasible`, guests with `infeasible`. */
export type Question = (problem: PlacementProblem) => {
  readonly answer: Answer;
  readonly placement?: readonly number[];
  /** Guests for whom alone it is infeasible; absent: all, for all that is known */
  readonly guests?: readonly number[];
  readonly reached?: boolean;
};

/** What one answer may cost of the budget, in checks of a guest against a node. */
const DECIDE_MOST = 300_000;
const REACH_MOST = 100_000;

/** Pairs of a guest and a node. */
export const sizeOf = ({ guests, nodes }: PlacementProblem): number => guests.length * nodes.length;

/** Is there a permitted state? */
export const isThereRoom =
  (budget: Budget): Question =>
  (problem) =>
    spend(budget, Math.max(DECIDE_MOST, 4 * sizeOf(problem)), (share) => decide(problem, share));

/** Is there one that can be reached? */
export const isThereAWay =
  (budget: Budget): Question =>
  (problem) => {
    const room = isThereRoom(budget)(problem);
    if (room.answer !== 'feasible') return room;
    const { answer } = spend(budget, REACH_MOST, (share) => reach(problem, share));
    return { placement: room.placement ?? [], answer, reached: answer === 'feasible' };
  };

/** Is there one that, for all that is known, can be reached? */
export const isThereHope =
  (budget: Budget): Question =>
  (problem) => {
    const way = isThereAWay(budget)(problem);
    return way.placement && way.answer === 'unknown' ? { ...way, answer: 'feasible' } : way;
  };
