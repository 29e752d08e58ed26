import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import type { PlacementProblem, PlacementRule, PlacementStep } from '../placement/model.ts';
import { placementWithPlan } from '../testing/arbitrary-placement.ts';
import type { Violation } from './certificate.ts';
import { claimsByIndex, nameSteps } from './claims.ts';
import { planRules } from './registry.ts';
import { replay } from './replay.ts';
import { verifyNamedPlan, verifyPlan } from './verify-plan.ts';
import { verifyRest } from './verify-rest.ts';

const often = { numRuns: runs(2000) };
const always = (law: (problem: PlacementProblem, steps: PlacementStep[]) => void) =>
  fc.assert(
    fc.property(placementWithPlan, ({ problem, steps }) => law(problem, steps)),
    often,
  );
const whole = { complete: true };
const movedTo = (problem: PlacementProblem, at: readonly number[]): PlacementProblem => ({
  ...problem,
  guests: problem.guests.map((guest, i) => ({ ...guest, node: at[i] ?? guest.node })),
});
const facts = (violations: readonly Violation[]) =>
  violations.map(({ kind, step, node, guest, rule }) => [kind, step, node, guest, rule].join(' ')).sort();

test('every kind belongs to one rule, and a rule finds nothing else', () => {
  const kinds = planRules.flatMap((rule) => rule.kinds);
  expect(new Set(kinds).size).toBe(kinds.length);
  always((problem, steps) => {
    const found = [verifyPlan(problem, steps, whole), verifyPlan(problem, steps, { complete: false })];
    for (const { violations } of found) for (const { kind } of violations) expect(kinds).toContain(kind);
  });
});

test('every violation says in words which node, guest or rule it is about', () => {
  always((problem, steps) => {
    for (const { message, node, guest, rule, storage } of verifyPlan(problem, steps, whole).violations)
      for (const name of [node, guest, rule, storage]) expect(message).toContain(name ?? '');
  });
});

test('a certified end breaks nothing, and what may be called complete may be carried out partly as well', () => {
  always((problem, steps) => {
    const { certified, brokenAfter } = verifyPlan(problem, steps, whole);
    if (!certified) return;
    expect(brokenAfter).toEqual([]);
    expect(verifyPlan(problem, steps, { complete: false }).certified).toBe(true);
  });
});

test('the order in which nodes, guests and rules are listed makes no difference', () => {
  always((problem, steps) => {
    const names = nameSteps(problem, steps);
    const found = verifyNamedPlan(problem, names, whole).violations;
    expect(facts(verifyNamedPlan(reversed(problem), names, whole).violations)).toEqual(facts(found));
  });
});

test('what a plan does wrong is what its beginning does wrong, and then the rest of it', () => {
  always((problem, steps) => {
    const cut = Math.floor(steps.length / 2);
    const during = (some: PlacementProblem, part: PlacementStep[], stepsDone: number) => {
      const { at, violations } = replay(some, claimsByIndex(some, part), stepsDone);
      return { at, found: violations.filter(({ kind }) => kind !== 'max-moves' && kind !== 'hop-left') };
    };
    const first = during(problem, steps.slice(0, cut), 0);
    const second = during(movedTo(problem, first.at), steps.slice(cut), cut);
    expect(facts([...first.found, ...second.found])).toEqual(facts(during(problem, steps, 0).found));
  });
});

test('what may run at once may run one after the other, but for groups that Proxmox holds together', () => {
  always((problem, steps) => {
    const loose = { ...problem, affinity: problem.affinity.filter(({ origin }) => origin === 'tag') };
    if (!verifyPlan(loose, steps, { complete: false }).certified) return;
    const single = steps.flatMap((step) => step.map((move) => [move]));
    expect(verifyPlan(loose, single, { complete: false }).violations).toEqual([]);
  });
});

test('the rest of a certified plan is certified after each of its steps', () => {
  always((problem, steps) => {
    if (!verifyPlan(problem, steps, whole).certified) return;
    const names = nameSteps(problem, steps);
    for (let stepsDone = 0; stepsDone <= steps.length; stepsDone++) {
      const { placement } = verifyPlan(problem, steps.slice(0, stepsDone), { complete: false });
      const { certificate, done } = verifyRest(movedTo(problem, placement), names, { stepsDone });
      expect(certificate.violations).toEqual([]);
      expect(done).toEqual([]);
    }
  });
});

const reversed = (problem: PlacementProblem): PlacementProblem => {
  const [lastNode, lastGuest] = [problem.nodes.length - 1, problem.guests.length - 1];
  const turn = (rules: readonly PlacementRule[]) =>
    rules.toReversed().map((rule) => ({ ...rule, members: rule.members.map((guest) => lastGuest - guest).reverse() }));
  return {
    ...problem,
    nodes: problem.nodes.toReversed(),
    guests: problem.guests.toReversed().map((guest) => ({
      ...guest,
      node: lastNode - guest.node,
      allowed: guest.allowed === null ? null : guest.allowed.map((node) => lastNode - node).reverse(),
    })),
    affinity: turn(problem.affinity),
    antiAffinity: turn(problem.antiAffinity),
  };
};
