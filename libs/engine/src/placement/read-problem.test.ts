import { PlacementProblemFile } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import { readProblem } from './read-problem.ts';

const nodes = [fileNode('a'), fileNode('b')];
const together = { name: 'together', members: ['x', 'gone', 'y', 'x'], hard: true, origin: 'pve' as const };

describe('a problem file', () => {
  test('limits are whole MiB less the reserve, and vCPUs times the overcommit', () => {
    const reserve = { mem_gib: 0.5, cores: 2, storage: { zfs: 10 } };
    const node = fileNode('a', { mem_gib: 8.0001, reserve, storage_free: { zfs: 100, tiny: 0.0005 } });
    const { nodes: read } = readProblem(problemFile({ nodes: [node], guests: [], policy: { cpu_overcommit: 1.5 } }));
    expect(read[0]).toEqual({
      id: 'a',
      memMib: 7680,
      vcpuLimitMilli: 21_000,
      storageMib: { zfs: 92_160, tiny: 0 },
      duty: 'serves',
    });
  });

  test('a guest that is off needs its disks and nothing else', () => {
    const guest = fileGuest('x', 'b', { running: false, disks: { zfs: 2, none: 0 } });
    expect(readProblem(problemFile({ nodes, guests: [guest] })).guests[0]).toMatchObject({
      node: 1,
      vcpusMilli: 0,
      memMib: 0,
      disksMib: { zfs: 2048 },
      moveCost: 1 + 4 * 8,
    });
  });

  test('nodes nobody knows are no nodes to be on, and an empty list means nowhere', () => {
    const guests = [fileGuest('x', 'a', { allowed: ['b', 'gone', 'a'] }), fileGuest('y', 'a', { allowed: ['gone'] })];
    expect(readProblem(problemFile({ nodes, guests })).guests.map(({ allowed }) => allowed)).toEqual([[0, 1], []]);
  });

  test('members of a rule count once and only where they are there; with one left it means nothing', () => {
    const guests = [fileGuest('x', 'a'), fileGuest('y', 'a')];
    const alone = { ...together, name: 'alone', members: ['x', 'gone'] };
    const { affinity } = readProblem(problemFile({ nodes, guests, rules: { affinity: [together, alone] } }));
    expect(affinity).toEqual([{ name: 'together', members: [0, 1], hard: true, origin: 'pve' }]);
  });

  test('maintenance overrules evacuation: its load does not count', () => {
    const some = [fileNode('a', { maintenance: true }), fileNode('b'), fileNode('c')];
    const read = readProblem(problemFile({ nodes: some, guests: [], evacuate: ['a', 'b'] }));
    expect(read.nodes.map(({ duty }) => duty)).toEqual(['maintenance', 'drains', 'serves']);
    expect(read.policy.objective.terms[0]?.counted).toEqual([false, true, true]);
  });

  test('no limit is written as nothing or as 0, but no moves at all are no moves', () => {
    const policy = { max_node_inflow: 0, max_parallel: null, max_moves: 0 };
    expect(readProblem(problemFile({ nodes, guests: [], policy })).policy).toMatchObject({
      maxNodeInflow: null,
      maxParallel: null,
      maxMoves: 0,
    });
  });
});

describe('what a problem file wants', () => {
  const guests = [fileGuest('x', 'a', { mem_max_gib: 8.5, priority: 3, pressure: { cpu: 1.5, mem: 2, io: 0 } })];
  const objectiveOf = (policy: object) => readProblem(problemFile({ nodes, guests, policy })).policy.objective;

  test.each([
    ['memory counts as allocated, by priority', { method: 'memory' }, [[3 * 8704 * 10_000, 65_536, 1]]],
    ['cpu counts as in use', { method: 'cpu' }, [[30_000, 16, 1]]],
    ['cpu counts as configured where it says so', { method: 'cpu', mode: 'assigned' }, [[60_000, 16, 1]]],
    ['pressure is percent', { method: 'cpu_psi' }, [[45_000, 100, 1]]],
    ['a plain method balances pressure in its mode', { method: 'memory', mode: 'psi' }, [[60_000, 100, 1]]],
  ] as const)('%s', (_, policy, expected) => {
    const terms = objectiveOf(policy).terms.map((term) => [term.footprints[0], term.capacities[0], term.weight]);
    expect(terms).toEqual(expected);
  });

  test.each([
    ['an uneven start counts', {}, 100],
    ['level 1 wants rules only', { balanciness: 1 }, 0],
    ['a weight of its own replaces that of the level', { weights: { balance: 7 } }, 7],
    ['below the trigger nothing counts', { balanciness: 2, method: 'cpu' }, 0],
    ['below every threshold nothing counts', { thresholds: { mem: 20, cpu: 90 } }, 0],
    ['one threshold exceeded is enough', { thresholds: { mem: 10, cpu: 90 } }, 100],
  ])('%s', (_, policy, weight) => {
    expect(objectiveOf(policy).balanceWeight).toBe(weight);
  });

  test('a method nobody knows balances nothing', () => {
    expect(objectiveOf({ method: 'astrology' }).terms).toEqual([]);
  });

  test('the balanced method counts what is in use, the host included, where guests may come', () => {
    const some = [fileNode('a', { host_cpu: 2 }), fileNode('b')];
    const read = readProblem(problemFile({ nodes: some, guests, evacuate: ['b'], policy: { method: 'balanced' } }));
    expect(read.policy.objective).toMatchObject({ whole: false, balanceWeight: 1, costWeight: 0, moveWeight: 0.002 });
    expect(read.policy.objective.terms[0]).toMatchObject({
      footprints: [100],
      bases: [200, 0],
      capacities: [16, 16],
      counted: [true, false],
    });
  });
});

describe('what a problem file must not say', () => {
  const file = (change: object) => ({ ...problemFile({ nodes, guests: [fileGuest('x', 'a')] }), ...change });
  test.each([
    ['a guest on a node nobody knows', { guests: [fileGuest('x', 'c')] }, ['guests', 0, 'node']],
    ['the same node twice', { nodes: [nodes[0], nodes[0]] }, ['nodes', 1, 'id']],
    ['a node to empty nobody knows', { evacuate: ['c'] }, ['evacuate', 0]],
    ['less than no memory', { nodes: [fileNode('a', { mem_gib: -1 })] }, ['nodes', 0, 'mem_gib']],
  ])('%s is named', (_, change, path) => {
    expect(PlacementProblemFile.safeParse(file(change)).error?.issues[0]?.path).toEqual(path);
  });
});
