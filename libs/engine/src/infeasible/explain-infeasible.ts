import type { PlacementProblem } from '../placement/model.ts';
import { explainCore, findCore } from './conflict.ts';
import { constraintsOf, isCapacity, without } from './constraint.ts';
import { type Budget, spend } from './oracle/budget.ts';
import { reach } from './oracle/reach.ts';
import { isThereAWay, isThereHope, isThereRoom, type Question, sizeOf } from './question.ts';
import { relaxationsFor } from './relax.ts';
import type { Refusal, Verdict } from './verdict.ts';

/** Checks of a guest against a node that an explanation may take: about a second, and of large problems so many for each pair. */
const BUDGET = 8_000_000;
const BUDGET_A_PAIR = 15;

/**
 * Whether anything is permitted, and if nothing is, why and what would help. Exact as far as it goes: what the budget does not
 * suffice for is `unknown`, never infeasible.
 */
export const explainInfeasible = (problem: PlacementProblem, { budget: given }: { budget?: number } = {}): Verdict => {
  const left = given ?? Math.max(BUDGET, BUDGET_A_PAIR * sizeOf(problem));
  const budget = { left };
  const room = spend(budget, left / 2, (share) => isThereRoom(share)(problem));
  if (room.answer === 'unknown') return { status: 'unknown' };
  if (room.answer === 'infeasible') return refuse(problem, budget);
  const way = spend(budget, left / 4, (share) => reach(problem, share));
  if (way.answer === 'infeasible') return because('way', problem, problem, isThereAWay(budget), budget);
  const steps = way.answer === 'feasible' ? way.steps : null;
  return { status: 'feasible', placement: room.placement ?? [], steps };
};

const refuse = (problem: PlacementProblem, budget: Budget): Refusal => {
  const ask = isThereRoom(budget);
  // Whether rules agree does not depend on room, nor on which nodes serve just now
  const circumstances = constraintsOf(problem).filter((one) => isCapacity(one) || one.kind === 'duty');
  const bare = without(problem, circumstances);
  if (ask(bare).answer === 'infeasible') return because('rules', problem, bare, ask, budget);
  return because('room', problem, problem, ask, budget);
};

/** `bare` is what of the problem the first conflict is looked for in. */
const because = (
  cause: Refusal['because'],
  problem: PlacementProblem,
  bare: PlacementProblem,
  ask: Question,
  budget: Budget,
): Refusal => {
  const core = findCore(bare, ask);
  const first = explainCore(problem, bare, core, ask);
  const { relaxations, conflicts } = relaxationsFor(problem, core, isThereHope(budget));
  return {
    status: cause === 'rules' ? 'rule-conflict' : 'infeasible',
    because: cause,
    conflicts: [first, ...conflicts],
    relaxations,
  };
};
