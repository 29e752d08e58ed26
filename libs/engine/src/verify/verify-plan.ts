import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import type { Broken, Certificate, Violation } from './certificate.ts';
import { type ClaimedStep, claimsByIndex, claimsByName } from './claims.ts';
import { planRules } from './registry.ts';
import { replay } from './replay.ts';

export type VerifyOptions = {
  /** Whether the plan says that every rule and limit is kept at its end. If not, it may not break one more than is broken before it, or one by more */
  readonly complete: boolean;
  /** Steps that are done already: the first one given is the next. Default 0 */
  readonly stepsDone?: number;
};

/** Replays a plan, both ends of every move occupied until its step is over, and certifies it or names everything it violates. */
export const verifyPlan = (
  problem: PlacementProblem,
  steps: readonly PlacementStep[],
  options: VerifyOptions,
): Certificate => verify(problem, claimsByIndex(problem, steps), options);

/** The same for a plan by names, whoever it comes from. */
export const verifyNamedPlan = (
  problem: PlacementProblem,
  steps: readonly unknown[],
  options: VerifyOptions,
): Certificate => verify(problem, claimsByName(problem, steps), options);

const verify = (
  problem: PlacementProblem,
  steps: readonly ClaimedStep[],
  { complete, stepsDone = 0 }: VerifyOptions,
): Certificate => {
  const { at, moves, violations } = replay(problem, steps, stepsDone);
  const brokenBefore = brokenIn(
    problem,
    problem.guests.map(({ node }) => node),
  );
  const brokenAfter = brokenIn(problem, at);
  const inTheEnd = complete ? brokenAfter : whatIsWorse(brokenBefore, brokenAfter);
  const all = [...violations, ...inTheEnd.map((broken) => atTheEnd(broken, stepsDone + steps.length + 1))];
  return {
    certified: all.length === 0,
    violations: all,
    brokenBefore,
    brokenAfter,
    moves: moves.length,
    hops: moves.filter(({ hop }) => hop).length,
    placement: at,
  };
};

/** Every hard rule and every limit that a placement does not keep. */
export const brokenIn = (problem: PlacementProblem, at: readonly number[]): Broken[] =>
  planRules.flatMap(({ atRest }) => atRest?.({ problem, at }) ?? []);

/** What was not broken before, or less. A rule that is broken on another node than before is not worse for that. */
const whatIsWorse = (before: readonly Broken[], after: readonly Broken[]): Broken[] => {
  const [was, is] = [excesses(before), excesses(after)];
  return after.filter((broken) => !((is.get(subject(broken)) ?? 0) <= (was.get(subject(broken)) ?? 0)));
};

const excesses = (all: readonly Broken[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const broken of all) sums.set(subject(broken), (sums.get(subject(broken)) ?? 0) + broken.excess);
  return sums;
};

/** What is broken: a rule wherever it is, a guest wherever it is, else the limit of a node. */
const subject = ({ kind, rule, members, guest, node, storage }: Broken): string =>
  JSON.stringify(rule === undefined ? [kind, guest ?? [node, storage]] : [kind, rule, members]);

const atTheEnd = ({ excess: _, message, ...broken }: Broken, step: number): Violation => ({
  ...broken,
  step,
  message: `in the end ${message}`,
});
