import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import type { PlacementProblem } from '../placement/model.ts';
import { readProblem } from '../placement/read-problem.ts';
import { placementsOf } from '../testing/all-placements.ts';
import { placement } from '../testing/arbitrary-placement.ts';
import { tightProblem } from '../testing/tight-problem.ts';
import { brokenIn, verifyPlan } from '../verify/verify-plan.ts';
import { type PlacementPlan, planPlacement } from './plan-placement.ts';

/** A clock that stands still: what is looked at is counted, not timed. */
const still = { now: () => 0, timeLimitMs: 20 };
const plan = (problem: PlacementProblem, seed = 1) => planPlacement(problem, { ...still, seed });
const here = ({ guests }: PlacementProblem) => guests.map(({ node }) => node);
const refused = ({ status }: PlacementPlan) => status === 'infeasible' || status === 'rule-conflict';

const balancing = fc
  .tuple(placement(3, 5), fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }), fc.constantFrom(0, 1, 10))
  .map(([problem, loads, balanceWeight]): PlacementProblem => {
    const perNode = <T>(value: T) => problem.nodes.map(() => value);
    const footprints = problem.guests.map((_, g) => loads[g] ?? 0);
    const term = {
      name: 'load',
      weight: 1,
      footprints,
      bases: perNode(0),
      capacities: perNode(1),
      counted: perNode(true),
    };
    const objective = { ...problem.policy.objective, balanceWeight, terms: [term] };
    return { ...problem, policy: { ...problem.policy, objective } };
  });

const objectiveOf = (
  { guests, nodes, affinity, antiAffinity, policy: { objective } }: PlacementProblem,
  at: number[],
) => {
  const loads = nodes.map((_, n) =>
    guests.reduce((total, _guest, g) => total + (at[g] === n ? (objective.terms[0]?.footprints[g] ?? 0) : 0), 0),
  );
  const moved = guests.filter(({ node }, g) => at[g] !== node);
  const crowded = antiAffinity
    .filter(({ hard }) => !hard)
    .flatMap(({ members }) => nodes.filter((_, n) => members.filter((g) => at[g] === n).length > 1));
  const away = affinity
    .filter(({ hard }) => !hard)
    .flatMap(({ members: [first = 0, ...others] }) => others.filter((g) => at[g] !== at[first]));
  const gap = Math.max(...loads) - Math.min(...loads);
  return objective.balanceWeight * gap + moved.length * objective.costWeight + crowded.length + 2 * away.length;
};

describe('any small problem', () => {
  const always = (law: (problem: PlacementProblem, plan: PlacementPlan) => void) =>
    fc.assert(
      fc.property(balancing, (problem) => law(problem, plan(problem))),
      { numRuns: runs(300) },
    );

  test('has a plan that the verifier certifies, or none', () => {
    always((problem, found) => {
      const { violations, placement: at } = verifyPlan(problem, found.steps, { complete: !refused(found) });
      expect(violations).toEqual([]);
      expect(at).toEqual(found.end);
      if (refused(found)) expect(found.steps).toEqual([]);
    });
  });

  test('has a plan with the objective that it says it has, no lower than its bound', () => {
    always((problem, found) => {
      if (refused(found)) return;
      expect(found.objective).toBeCloseTo(objectiveOf(problem, [...found.end]), 6);
      expect(found.bound).toBeLessThanOrEqual((found.objective ?? 0) + 1e-3);
    });
  });

  test('is not refused where what there is may stay as it is, and never made worse', () => {
    always((problem, found) => {
      if (brokenIn(problem, here(problem)).length > 0) return;
      expect(refused(found)).toBe(false);
      expect(found.objective).toBeLessThanOrEqual(objectiveOf(problem, here(problem)) + 1e-6);
    });
  });

  test('has no permitted placement below the bound of its plan', () => {
    always((problem, found) => {
      if (refused(found) || found.proven) return;
      const permitted = placementsOf(problem).filter((at) => brokenIn(problem, at).length === 0);
      for (const at of permitted) expect(objectiveOf(problem, at)).toBeGreaterThanOrEqual(found.bound - 1e-3);
    });
  });

  test('without limits on the way is solved to the best of all permitted placements', () => {
    const free = balancing.map((problem): PlacementProblem => {
      const rules = <T extends { readonly origin: string }>(some: readonly T[]) =>
        some.filter(({ origin }) => origin === 'tag');
      const policy = { ...problem.policy, maxMoves: null };
      const nodes = problem.nodes.map((node) => ({
        ...node,
        memMib: 10_000,
        vcpuLimitMilli: 1e6,
        storageMib: { zfs: 1e6 },
      }));
      const { affinity, antiAffinity } = problem;
      return { ...problem, nodes, policy, affinity: rules(affinity), antiAffinity: rules(antiAffinity) };
    });
    fc.assert(
      fc.property(free, (problem) => {
        const found = plan(problem);
        const permitted = placementsOf(problem).filter((at) => brokenIn(problem, at).length === 0);
        const least = Math.min(...permitted.map((at) => objectiveOf(problem, at)));
        expect(refused(found)).toBe(permitted.length === 0);
        expect(found.proven).toBe(true);
        if (permitted.length > 0) expect(found.objective).toBeCloseTo(least, 6);
      }),
      { numRuns: runs(150) },
    );
  });
});

describe('a cluster with little room and many rules', () => {
  const problems = Array.from({ length: 40 }, (_, seed) => readProblem(tightProblem(seed)));

  test('gets only plans that the verifier certifies', () => {
    for (const problem of problems) {
      const found = plan(problem);
      if (refused(found)) continue;
      expect(verifyPlan(problem, found.steps, { complete: true }).violations).toEqual([]);
    }
  });

  test('gets the same plan for the same seed', () => {
    for (const problem of problems.slice(0, 12)) expect(plan(problem, 7)).toEqual(plan(problem, 7));
  });
});
