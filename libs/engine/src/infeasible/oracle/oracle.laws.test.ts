import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacementProblem, PlacementStep } from '../../placement/model.ts';
import { placementsOf } from '../../testing/all-placements.ts';
import { placement } from '../../testing/arbitrary-placement.ts';
import { brokenIn, verifyPlan } from '../../verify/verify-plan.ts';
import { decide } from './decide.ts';
import { reach } from './reach.ts';

/*
 * Both answers are held against trying everything, judged by the verifier, which shares no code with them.
 */
const always = (problems: fc.Arbitrary<PlacementProblem>, numRuns: number, law: (problem: PlacementProblem) => void) =>
  fc.assert(fc.property(problems, law), { numRuns });
const plenty = () => ({ left: 10_000_000 });
const isPermitted = (problem: PlacementProblem, at: readonly number[]) => brokenIn(problem, at).length === 0;

test('there is a permitted state exactly if trying them all finds one, and the one told is', () => {
  always(placement(4, 5), 1500, (problem) => {
    const decision = decide(problem, plenty());
    const found = placementsOf(problem).some((at) => isPermitted(problem, at));
    expect(decision.answer).toBe(found ? 'feasible' : 'infeasible');
    if (decision.answer === 'feasible') expect(brokenIn(problem, decision.placement)).toEqual([]);
  });
});

test('a permitted state can be reached exactly if trying every step finds one, and the steps told are certified', () => {
  always(placement(3, 3), 1000, (whole) => {
    const problem = { ...whole, policy: { ...whole.policy, maxMoves: null } };
    const reached = reach(problem, plenty());
    expect(reached.answer).toBe(canReach(problem) ? 'feasible' : 'infeasible');
    if (reached.answer === 'feasible')
      expect(verifyPlan(problem, reached.steps, { complete: true }).violations).toEqual([]);
  });
});

test('a budget that does not suffice is no answer', () => {
  always(placement(4, 6), 300, (problem) => {
    expect(decide(problem, { left: 0 }).answer).toBe('unknown');
    const answers = [20, 200].map((left) => decide(problem, { left }).answer).filter((one) => one !== 'unknown');
    const { answer } = decide(problem, plenty());
    for (const early of answers) expect(early).toBe(answer);
    const { answer: reached } = reach(problem, { left: 0 });
    const rests = isPermitted(
      problem,
      problem.guests.map(({ node }) => node),
    );
    expect(reached).toBe(rests ? 'feasible' : 'unknown');
  });
});

const canReach = (problem: PlacementProblem): boolean => {
  const waiting = [problem.guests.map(({ node }) => node)];
  const seen = new Set<string>();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (seen.has(at.join())) continue;
    seen.add(at.join());
    if (isPermitted(problem, at)) return true;
    for (const next of placementsOf(problem))
      if (!seen.has(next.join()) && isStep(problem, at, next)) waiting.push(next);
  }
  return false;
};

/** Whether one step, all its moves marked as stopovers, leads from one placement to another. */
const isStep = (problem: PlacementProblem, at: readonly number[], next: readonly number[]): boolean => {
  const step: PlacementStep = next.flatMap((to, guest) => {
    const from = at[guest] ?? -1;
    return from === to ? [] : [{ guest, from, to, hop: true as const }];
  });
  const start = { ...problem, guests: problem.guests.map((guest, i) => ({ ...guest, node: at[i] ?? guest.node })) };
  const { violations } = verifyPlan(start, [step], { complete: false });
  return violations.every(({ kind }) => kind === 'hop-left' || kind.startsWith('final-'));
};
