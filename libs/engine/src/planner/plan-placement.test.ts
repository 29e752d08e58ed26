import { describe, expect, test } from 'vitest';
import type { PlacementProblem } from '../placement/model.ts';
import { readProblem } from '../placement/read-problem.ts';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import { tightProblem } from '../testing/tight-problem.ts';
import { planPlacement } from './plan-placement.ts';

type Parts = Parameters<typeof problemFile>[0];
const problem = (parts: Parts) => readProblem(problemFile(parts));
const nodes = [fileNode('a'), fileNode('b'), fileNode('c')];
const options = { seed: 1, timeLimitMs: 20, now: () => 0 };

/** What a plan comes to: its status and, by guest, the node it ends on. */
const ends = (given: PlacementProblem) => {
  const { status, end } = planPlacement(given, options);
  return { status, ...Object.fromEntries(end.map((n, g) => [given.guests[g]?.id, given.nodes[n]?.id])) };
};
const rule = (...members: string[]) => ({ name: members.join(), members, hard: true, origin: 'tag' as const });

describe('what a plan is for', () => {
  test('balance: guests leave the full node for the empty one', () => {
    const guests = ['x', 'y'].map((id) => fileGuest(id, 'a', { mem_max_gib: 16 }));
    const plan = planPlacement(problem({ nodes: nodes.slice(0, 2), guests }), options);
    expect(plan).toMatchObject({ status: 'ok', proven: true, objective: 64 });
    expect(plan.steps.flat()).toHaveLength(1);
  });

  test('balance by deviation: the same, and nobody claims that it can not be better', () => {
    const guests = ['x', 'y'].map((id) => fileGuest(id, 'a', { mem_max_gib: 16 }));
    const given = problem({ nodes: nodes.slice(0, 2), guests });
    const objective = { ...given.policy.objective, unevenness: 'deviation' as const };
    const plan = planPlacement({ ...given, policy: { ...given.policy, objective } }, options);
    expect(plan).toMatchObject({ status: 'ok', proven: false });
    expect(new Set(plan.end)).toEqual(new Set([0, 1]));
  });

  test('loads that rounding left a hair below nothing are no endless search', () => {
    const guests = ['x', 'y'].map((id) => fileGuest(id, 'a', { mem_max_gib: 16 }));
    const given = problem({ nodes: nodes.slice(0, 2), guests });
    const { objective } = given.policy;
    const terms = objective.terms.map((term) => ({ ...term, bases: [-1e-9, -1e-9], footprints: [0, 0] }));
    const policy = { ...given.policy, objective: { ...objective, terms, whole: false } };
    expect(planPlacement({ ...given, policy }, options)).toMatchObject({ status: 'no-change' });
  });

  test('rules only: what breaks a rule is moved, what is merely uneven is not', () => {
    const guests = [fileGuest('x', 'a', { mem_max_gib: 30 }), fileGuest('y', 'a'), fileGuest('z', 'a')];
    const rules = { anti_affinity: [rule('x', 'y')] };
    const given = problem({ nodes: nodes.slice(0, 2), guests, rules, policy: { balanciness: 1 } });
    expect(ends(given)).toEqual({ status: 'ok', x: 'a', y: 'b', z: 'a' });
  });

  test('evacuation: a node to be emptied is emptied, together with what must stay together', () => {
    const guests = [fileGuest('x', 'a'), fileGuest('y', 'a')];
    const given = problem({
      nodes,
      guests,
      rules: { affinity: [rule('x', 'y')] },
      evacuate: ['a'],
      policy: { balanciness: 1 },
    });
    const { status, x, y } = ends(given) as Record<string, string>;
    expect(status).toBe('ok');
    expect(x).toBe(y);
    expect(x).not.toBe('a');
  });

  test('placing: guests that are nowhere yet stand on a node that is not there, and leave it', () => {
    const waiting = fileNode('waiting', { mem_gib: 0, cores: 0, maintenance: true });
    const guests = [fileGuest('old', 'a', { mem_max_gib: 40 }), fileGuest('new', 'waiting', { mem_max_gib: 40 })];
    expect(ends(problem({ nodes: [fileNode('a'), fileNode('b'), waiting], guests }))).toEqual({
      status: 'ok',
      old: 'a',
      new: 'b',
    });
  });

  test('equally good placements: the one with fewer moves', () => {
    const policy = { weights: { ...problemFile({ nodes, guests: [] }).policy.weights, stickiness: 0 } };
    const guests = ['x', 'y'].map((id) => fileGuest(id, 'a'));
    const plan = planPlacement(problem({ nodes: nodes.slice(0, 2), guests, policy }), options);
    expect(plan.steps.flat()).toHaveLength(1);
  });

  test('a budget: no more moves than that', () => {
    const guests = Array.from({ length: 12 }, (_, g) => fileGuest(`g${g}`, 'a'));
    const plan = planPlacement(problem({ nodes, guests, policy: { max_moves: 3 } }), options);
    expect(plan.steps.flat()).toHaveLength(3);
  });
});

describe('when there is nothing to do or nothing can be done', () => {
  test('a cluster in balance is left alone', () => {
    expect(ends(problem({ nodes: nodes.slice(0, 2), guests: [fileGuest('x', 'a'), fileGuest('y', 'b')] })).status).toBe(
      'no-change',
    );
  });

  test('guests too large for all nodes together are infeasible', () => {
    const guests = [fileGuest('x', 'a', { mem_max_gib: 40 }), fileGuest('y', 'a', { mem_max_gib: 40 })];
    expect(planPlacement(problem({ nodes: [fileNode('a')], guests }), options)).toMatchObject({
      status: 'infeasible',
      proven: true,
    });
  });

  test('a guest that may be nowhere is named', () => {
    const guests = [fileGuest('x', 'a'), fileGuest('y', 'a', { allowed: [] })];
    expect(planPlacement(problem({ nodes, guests }), options)).toMatchObject({ status: 'infeasible', blockers: [1] });
  });

  test('a guest that can only get where it should over the room of another that can not leave is infeasible', () => {
    const only = (node: string) => ({ mem_max_gib: 40, allowed: [node] });
    const given = problem({
      nodes: nodes.slice(0, 2),
      guests: [fileGuest('x', 'a', only('b')), fileGuest('y', 'b', only('a'))],
    });
    expect(ends(given).status).toBe('infeasible');
  });

  test.each([
    ['two that must be together and apart', { affinity: [rule('x', 'y')], anti_affinity: [rule('x', 'y')] }, {}],
    ['two that must be together and may not share a node', { affinity: [rule('x', 'y')] }, { allowed: ['a'] }],
  ])('%s are a conflict of rules', (_, rules, where) => {
    const guests = [fileGuest('x', 'a', where), fileGuest('y', 'b', 'allowed' in where ? { allowed: ['b'] } : {})];
    expect(planPlacement(problem({ nodes, guests, rules }), options)).toMatchObject({
      status: 'rule-conflict',
      blockers: [0, 1],
    });
  });

  test('three that must be apart on two nodes are a conflict of rules', () => {
    const guests = ['x', 'y', 'z'].map((id) => fileGuest(id, 'a'));
    const rules = { anti_affinity: [rule('x', 'y', 'z')] };
    expect(ends(problem({ nodes: nodes.slice(0, 2), guests, rules })).status).toBe('rule-conflict');
  });
});

describe('how long it takes', () => {
  const large = readProblem(tightProblem(3));

  test('who calls it off gets what there is by then', () => {
    let asked = 0;
    const plan = planPlacement(large, { ...options, timeLimitMs: 1e9, cancelled: () => ++asked > 5 });
    expect(asked).toBeGreaterThan(5);
    expect(plan.changes).toBeLessThan(100_000);
  });

  test('no longer than the limit by the clock it is given', () => {
    let time = 0;
    const plan = planPlacement(large, { ...options, timeLimitMs: 1000, now: () => (time += 100) });
    expect(plan.changes).toBeLessThan(100_000);
  });
});
