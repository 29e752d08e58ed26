import { describe, expect, test } from 'vitest';
import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import { readProblem } from '../placement/read-problem.ts';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import { verifyPlan } from '../verify/verify-plan.ts';
import { orderSteps } from './order-steps.ts';
import { newPatience } from './patience.ts';

type Parts = Parameters<typeof problemFile>[0];
const problem = (parts: Parts) => readProblem(problemFile(parts));
const nodes = [fileNode('a'), fileNode('b'), fileNode('c')];
const big = (id: string, node: string) => fileGuest(id, node, { mem_max_gib: 40 });
const keptApart = (...members: string[]) => ({
  anti_affinity: [{ name: 'apart', members, hard: true, origin: 'pve' as const }],
});
const keptTogether = (...members: string[]) => ({
  affinity: [{ name: 'with', members, hard: true, origin: 'pve' as const }],
});

/** The steps to where each guest should end, by name of node; the verifier has looked at every one. */
const order = (given: PlacementProblem, ...targets: string[]) => {
  const end = Int32Array.from(targets, (id) => given.nodes.findIndex((node) => node.id === id));
  const { steps, blocked } = orderSteps(given, end, newPatience());
  if (!steps) return { blocked: blocked.map((g) => given.guests[g]?.id) };
  const { violations, placement } = verifyPlan(given, steps, { complete: false });
  expect(violations).toEqual([]);
  expect(placement).toEqual([...end]);
  return { steps: steps.map((step) => sentences(given, step)) };
};

const sentences = ({ guests, nodes }: PlacementProblem, step: PlacementStep) =>
  step.map(({ guest, to, hop }) => `${guests[guest]?.id} ${hop ? 'stops on' : 'to'} ${nodes[to]?.id}`).sort();

describe('moves that do not meet', () => {
  const guests = ['x', 'y', 'z'].map((id) => fileGuest(id, 'a'));

  test('run at the same time', () => {
    expect(order(problem({ nodes, guests }), 'b', 'b', 'c')).toEqual({ steps: [['x to b', 'y to b', 'z to c']] });
  });

  test('are as many into a node as may be', () => {
    const given = problem({ nodes, guests, policy: { max_node_inflow: 1 } });
    expect(order(given, 'b', 'b', 'c').steps?.map(({ length }) => length)).toEqual([2, 1]);
  });

  test('are as many in all as may be', () => {
    const given = problem({ nodes, guests, policy: { max_parallel: 1 } });
    expect(order(given, 'b', 'b', 'c').steps).toHaveLength(3);
  });
});

describe('room', () => {
  test('is taken at both ends until a step is over, so one waits for the other to leave', () => {
    const given = problem({ nodes, guests: [big('x', 'a'), big('y', 'b')] });
    expect(order(given, 'b', 'c')).toEqual({ steps: [['y to c'], ['x to b']] });
  });

  test('for two that trade places is made by the smaller one stopping elsewhere', () => {
    const given = problem({ nodes, guests: [fileGuest('x', 'a', { mem_max_gib: 50 }), big('y', 'b')] });
    expect(order(given, 'b', 'a')).toEqual({ steps: [['y stops on c'], ['x to b'], ['y to a']] });
  });

  test('is made by one that has nowhere to go, and it comes back', () => {
    const two = [fileNode('a'), fileNode('b', { mem_gib: 36 })];
    const guests = [
      fileGuest('x', 'a', { mem_max_gib: 30 }),
      fileGuest('y', 'b', { mem_max_gib: 30 }),
      fileGuest('z', 'a', { mem_max_gib: 8 }),
    ];
    expect(order(problem({ nodes: [...two, fileNode('c', { mem_gib: 8 })], guests }), 'b', 'a', 'a')).toEqual({
      steps: [['z stops on c'], ['y to a'], ['x to b'], ['z to a']],
    });
  });

  test('that nobody can make leaves both where they are', () => {
    const given = problem({ nodes: nodes.slice(0, 2), guests: [big('x', 'a'), big('y', 'b')] });
    expect(order(given, 'b', 'a')).toEqual({ blocked: ['x', 'y'] });
  });

  test('for stopovers does not count on nodes that are emptied', () => {
    const given = problem({ nodes, guests: [big('x', 'a'), big('y', 'b')], evacuate: ['c'] });
    expect(order(given, 'b', 'a')).toEqual({ blocked: ['x', 'y'] });
  });

  test('matters for the disks of a guest that is off too', () => {
    const some = ['a', 'b', 'c'].map((id) => fileNode(id, { storage_free: { zfs: 100 } }));
    const disks = { running: false, disks: { zfs: 60 } };
    const given = problem({ nodes: some, guests: [fileGuest('x', 'a', disks), fileGuest('y', 'b', disks)] });
    expect(order(given, 'b', 'c')).toEqual({ steps: [['y to c'], ['x to b']] });
  });
});

describe('rules that Proxmox holds at every moment', () => {
  test('two that are kept apart trade places over a third node', () => {
    const given = problem({ nodes, guests: [fileGuest('x', 'a'), fileGuest('y', 'b')], rules: keptApart('x', 'y') });
    expect(order(given, 'b', 'a').steps).toHaveLength(3);
  });

  test('a group moves at once, as one move for the limits', () => {
    const guests = ['x', 'y'].map((id) => fileGuest(id, 'a'));
    const policy = { max_node_inflow: 1, max_parallel: 1 };
    expect(order(problem({ nodes, guests, rules: keptTogether('x', 'y'), policy }), 'b', 'b')).toEqual({
      steps: [['x to b', 'y to b']],
    });
  });

  test('a group that is apart comes together', () => {
    const given = problem({ nodes, guests: [fileGuest('x', 'a'), fileGuest('y', 'b')], rules: keptTogether('x', 'y') });
    expect(order(given, 'c', 'c').steps?.flat().sort()).toEqual(['x to c', 'y to c']);
  });

  test('a stopover counts where moves are counted', () => {
    const guests = [fileGuest('x', 'a'), fileGuest('y', 'b')];
    const given = problem({ nodes, guests, rules: keptApart('x', 'y'), policy: { max_moves: 2 } });
    expect(order(given, 'b', 'a').blocked).toHaveLength(1);
  });
});
