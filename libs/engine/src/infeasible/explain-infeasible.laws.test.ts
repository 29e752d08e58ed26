import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacementProblem } from '../placement/model.ts';
import { placementsOf } from '../testing/all-placements.ts';
import { placement } from '../testing/arbitrary-placement.ts';
import { brokenIn } from '../verify/verify-plan.ts';
import { type Constraint, constraintsOf, withGuests, without } from './constraint.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import { namePart } from './name-part.ts';
import { reach } from './oracle/reach.ts';
import type { Conflict, Refusal, RelaxationChange } from './verdict.ts';

/*
 * Conflicts and relaxations are held against trying all placements, judged by the verifier. Conflicts after the first may be about the
 * way to a permitted state; whether there is one is asked of the search for it, which has laws of its own.
 */
const isFeasible = (problem: PlacementProblem) =>
  placementsOf(problem).some((at) => brokenIn(problem, at).length === 0);

const canReach = (problem: PlacementProblem) => reach(problem, { left: 10_000_000 }).answer === 'feasible';

const refusals = (law: (problem: PlacementProblem, refusal: Refusal) => void) => {
  let refused = 0;
  fc.assert(
    fc.property(placement(4, 4), (problem) => {
      const verdict = explainInfeasible(problem);
      if (verdict.status === 'feasible') expect(isFeasible(problem)).toBe(true);
      if (verdict.status === 'feasible' || verdict.status === 'unknown' || verdict.because === 'way') return;
      refused += 1;
      expect(isFeasible(problem)).toBe(false);
      law(problem, verdict);
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(50);
};

const partsAsConstraints = (problem: PlacementProblem, { parts }: Conflict): Constraint[] => {
  const texts = new Set(parts.map(({ text }) => text));
  return constraintsOf(problem).filter((one) => texts.has(namePart(problem, one).text));
};
const only = (problem: PlacementProblem, kept: readonly Constraint[]) => {
  const those = new Set(kept.map((one) => JSON.stringify(one)));
  return without(
    problem,
    constraintsOf(problem).filter((one) => !those.has(JSON.stringify(one))),
  );
};

test('the parts of a conflict cannot be kept together, and without any one of them they can', () => {
  refusals((problem, { conflicts }) => {
    for (const conflict of conflicts.slice(0, 1)) {
      const parts = partsAsConstraints(problem, conflict);
      expect(parts).toHaveLength(conflict.parts.length);
      expect(conflict.minimal).toBe(true);
      expect(isFeasible(only(problem, parts))).toBe(false);
      for (const part of parts) {
        const rest = parts.filter((other) => other !== part);
        expect(isFeasible(only(problem, rest))).toBe(true);
      }
    }
  });
});

test('the guests of a conflict suffice for it, and without any one of them it is gone', () => {
  refusals((problem, { conflicts }) => {
    for (const conflict of conflicts.slice(0, 1)) {
      const bare = only(problem, partsAsConstraints(problem, conflict));
      const guests = [...problem.guests.keys()].filter((i) => conflict.guests.includes(problem.guests[i]?.id ?? ''));
      expect(isFeasible(withGuests(bare, guests))).toBe(false);
      for (const guest of guests)
        expect(
          isFeasible(
            withGuests(
              bare,
              guests.filter((other) => other !== guest),
            ),
          ),
        ).toBe(true);
    }
  });
});

test('rules conflict exactly if they do with all the room there could be, on all nodes', () => {
  refusals((problem, { status }) => {
    const roomy = problem.nodes.map((node) => ({
      ...node,
      duty: 'serves' as const,
      memMib: 1000,
      vcpuLimitMilli: 1_000_000,
      storageMib: { zfs: 1000 },
    }));
    expect(status).toBe(isFeasible({ ...problem, nodes: roomy }) ? 'infeasible' : 'rule-conflict');
  });
});

test('there is a relaxation, each makes the problem feasible, and with less than it says it is not', () => {
  refusals((problem, { relaxations }) => {
    expect(relaxations.length).toBeGreaterThan(0);
    for (const { changes, reachable } of relaxations) {
      const relaxed = changes.reduce(apply, problem);
      expect(isFeasible(relaxed)).toBe(true);
      expect(reachable).toBe(canReach(relaxed));
      for (const change of changes) {
        const others = changes.filter((other) => other !== change).reduce(apply, problem);
        const least = change.kind === 'more-vcpus' ? 0.5 : 1;
        const less = change.amount === undefined ? null : { ...change, amount: change.amount - least };
        const rest = less ? apply(others, less) : others;
        expect(isFeasible(rest) && canReach(rest)).toBe(false);
      }
    }
  });
});

const apply = (problem: PlacementProblem, change: RelaxationChange): PlacementProblem => {
  const rules = (list: PlacementProblem['affinity']) => list.filter(({ name }) => name !== change.rule);
  const policy = change.kind === 'raise-limit' ? { ...problem.policy, ...unlimited } : problem.policy;
  return {
    ...problem,
    policy,
    affinity: rules(problem.affinity),
    antiAffinity: rules(problem.antiAffinity),
    guests: problem.guests.map((guest) => (guest.id === change.guest ? { ...guest, ...freed(change) } : guest)),
    nodes: problem.nodes.map((node) => {
      if (node.id !== change.node || change.kind === 'release-guest' || change.kind === 'allow-node') return node;
      const { amount = 0, kind, storage = '' } = change;
      if (kind === 'keep-node') return { ...node, duty: 'serves' };
      if (kind === 'more-ram') return { ...node, memMib: node.memMib + amount };
      if (kind === 'more-vcpus') return { ...node, vcpuLimitMilli: node.vcpuLimitMilli + 1000 * amount };
      return { ...node, storageMib: { ...node.storageMib, [storage]: (node.storageMib[storage] ?? 0) + amount } };
    }),
  };
};

/** A guest that may run on one more node is tried without its list: that node is one of those it may then be on. */
const freed = ({ kind }: RelaxationChange) => (kind === 'allow-node' ? { allowed: null } : { fixed: null });

/** No conflict here has two limits in it. */
const unlimited = { maxMoves: null, maxNodeInflow: null, maxParallel: null };
