import type { PlacementProblem } from '../placement/model.ts';
import type { Certificate } from './certificate.ts';
import type { NamedMove, NamedStep } from './claims.ts';
import { verifyNamedPlan } from './verify-plan.ts';

export type VerifiedRest = {
  /** What the rest would do, judged on the problem as it is now. Steps keep the numbers they have in the whole plan */
  readonly certificate: Certificate;
  /** The steps still to come, without moves that are done; a step may be empty by that */
  readonly rest: readonly NamedStep[];
  /** Moves of steps still to come whose guest is there already */
  readonly done: readonly NamedMove[];
};

/**
 * For whoever carries a plan out, before each step: what is left of it, verified on fresh data. Guests and nodes are known by their
 * names, so the fresh problem may have others, and others in between. A guest that stands where a move would take it has made that
 * move and those before it; one that stands anywhere else than where the plan has it violates the rest (`wrong-source`), and so
 * does one that is gone. The rest may leave broken what is broken now: going on has to be no worse than stopping.
 */
export const verifyRest = (
  problem: PlacementProblem,
  plan: readonly NamedStep[],
  { stepsDone }: { readonly stepsDone: number },
): VerifiedRest => {
  const left = plan.slice(stepsDone);
  const made = movesMade(problem, left.flat());
  const rest = left.map((step) => step.filter((move) => !made.has(move)));
  const certificate = verifyNamedPlan(problem, rest, { complete: false, stepsDone });
  return { certificate, rest, done: left.flat().filter((move) => made.has(move)) };
};

const movesMade = (problem: PlacementProblem, moves: readonly NamedMove[]): Set<NamedMove> => {
  const where = new Map(problem.guests.map(({ id, node }) => [id, problem.nodes[node]?.id]));
  const made = [...Map.groupBy(moves, ({ guest }) => guest)].flatMap(([guest, own]) => {
    const node = where.get(guest);
    // Who is where the first move begins has not started, even if a later move would bring it back there
    if (own[0]?.from === node) return [];
    return own.slice(0, own.findIndex(({ to }) => to === node) + 1);
  });
  return new Set(made);
};
