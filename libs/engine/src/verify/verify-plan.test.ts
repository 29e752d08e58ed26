import { describe, expect, test } from 'vitest';
import { readProblem } from '../placement/read-problem.ts';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import type { NamedMove } from './claims.ts';
import { verifyNamedPlan, verifyPlan } from './verify-plan.ts';

type Parts = Parameters<typeof problemFile>[0];

const problem = (guests: Parts['guests'], more: Partial<Parts> = {}) =>
  readProblem(problemFile({ nodes: [fileNode('a'), fileNode('b'), fileNode('c')], guests, ...more }));

/** `vm1 a>b` is a move, `vm1 a~b` a stopover. */
const plan = (...steps: string[]): NamedMove[][] =>
  steps.map((step) =>
    step.split(', ').map((text) => {
      const [, guest = '', from = '', how, to = ''] = /^(\S+) (\w+)([>~])(\w+)$/.exec(text) ?? [];
      return { guest, from, to, ...(how === '~' && { hop: true }) };
    }),
  );

const rule = (members: string[], origin: 'pve' | 'tag' = 'tag', name = 'web') => ({
  name,
  members,
  hard: true,
  origin,
});
const big = (id: string, node: string) => fileGuest(id, node, { mem_max_gib: 40 });
const onDisk = (id: string, node: string, gib: number) => fileGuest(id, node, { disks: { zfs: gib } });
const pair = [fileGuest('vm1', 'a'), fileGuest('vm2', 'b')];
const both = [fileGuest('vm1', 'a'), fileGuest('vm2', 'a')];

describe('a plan that violates one thing', () => {
  const rows: [given: string, Parameters<typeof problem>, steps: unknown[], kind: string, words: string][] = [
    [
      'two guests trade places where only one has room at a time',
      [[big('vm1', 'a'), fileGuest('vm2', 'b', { mem_max_gib: 30 })]],
      plan('vm1 a>b', 'vm2 b>a'),
      'ram',
      'step 1: b would hold 70.0 of 64.0 GiB RAM while vm1 arrives',
    ],
    [
      'a guest brings more vCPUs than are left',
      [[fileGuest('vm1', 'a', { vcpus: 20 }), fileGuest('vm2', 'b', { vcpus: 20 })]],
      plan('vm1 a>b', 'vm2 b>c'),
      'cpu',
      'step 1: b would hold 40 of 32 vCPUs while vm1 arrives',
    ],
    [
      'a disk goes where the room is taken until the step is over',
      [
        [onDisk('vm1', 'a', 40), onDisk('vm2', 'b', 45)],
        { nodes: ['a', 'b', 'c'].map((id) => fileNode(id, { storage_free: { zfs: 50 } })) },
      ],
      plan('vm1 a>b, vm2 b>c'),
      'storage',
      'step 1: b would hold 85.0 of 50.0 GiB on zfs while vm1 arrives',
    ],
    [
      'two whom Proxmox keeps apart meet while one of them leaves',
      [pair, { rules: { anti_affinity: [rule(['vm1', 'vm2'], 'pve')] } }],
      plan('vm1 a>b, vm2 b>c'),
      'anti-affinity',
      'step 1: vm1 arrives on b while vm2 stands there, and web keeps them apart at every moment',
    ],
    [
      'a group that Proxmox holds together moves one by one',
      [both, { rules: { affinity: [rule(['vm1', 'vm2'], 'pve')] } }],
      plan('vm1 a>b', 'vm2 a>b'),
      'affinity-split',
      'step 1: vm1 and vm2 would be on 2 nodes instead of 1, and web keeps them together at every moment',
    ],
    [
      'two arrive at once where one may',
      [both, { policy: { max_node_inflow: 1 } }],
      plan('vm1 a>b, vm2 a>b'),
      'inflow',
      'step 1: 2 moves arrive at b at once, and 1 may',
    ],
    [
      'two move at once where one may',
      [both, { policy: { max_parallel: 1 } }],
      plan('vm1 a>b, vm2 a>c'),
      'parallel',
      'step 1: 2 moves run at once, and 1 may',
    ],
    [
      'more moves than wanted, a stopover among them',
      [both, { policy: { max_moves: 1 } }],
      plan('vm1 a~b', 'vm1 b>c'),
      'max-moves',
      'the plan has 2 moves, and 1 are wanted at most',
    ],
    ['a pinned guest', [[fileGuest('vm1', 'a', { pinned: true })]], plan('vm1 a>b'), 'pinned-moved', 'pinned'],
    ['an ignored guest', [[fileGuest('vm1', 'a', { ignore: true })]], plan('vm1 a>b'), 'ignored-moved', 'left alone'],
    [
      'a stopover on a node in maintenance',
      [both, { nodes: [fileNode('a'), fileNode('b', { maintenance: true }), fileNode('c')] }],
      plan('vm1 a~b', 'vm1 b>c'),
      'to-maintenance',
      'step 1: vm1 would go to b, which is in maintenance',
    ],
    [
      'a stopover on a node that is to be emptied',
      [both, { evacuate: ['b'] }],
      plan('vm1 a~b', 'vm1 b>c'),
      'to-evacuated',
      'step 1: vm1 would go to b, which is to be emptied',
    ],
    [
      'a stopover outside the list, of a guest inside it',
      [[fileGuest('vm1', 'a', { allowed: ['a', 'b'] })]],
      plan('vm1 a~c', 'vm1 c>b'),
      'not-allowed',
      'step 1: vm1 would go to c, and it may run on a and b only',
    ],
    ['a guest that is not there', [pair], plan('vm7 a>b'), 'unknown-guest', 'step 1: there is no guest vm7'],
    ['a node that is not there', [pair], plan('vm1 a>z'), 'unknown-node', 'step 1: there is no node z for vm1'],
    ['a guest twice in a step', [pair], plan('vm1 a>b, vm1 a>c'), 'double-move', 'step 1: vm1 moves twice'],
    ['from where it is not', [pair], plan('vm1 c>b'), 'wrong-source', 'step 1: vm1 is on a, not on c'],
    ['to where it is', [pair], plan('vm1 a>a'), 'no-op', 'step 1: vm1 is on a already'],
    ['a stopover for ever', [pair], plan('vm1 a~b'), 'hop-left', 'vm1 stops over and never moves on'],
    ['a step that is none', [pair], [7], 'malformed', 'step 1: it is not a list of moves'],
  ];
  test.each(rows)('%s', (_given, parts, steps, kind, words) => {
    const { certified, violations } = verifyNamedPlan(problem(...parts), steps, { complete: true });
    expect(certified).toBe(false);
    expect(violations.map((one) => one.kind)).toEqual([kind]);
    expect(violations[0]?.message).toContain(words);
  });
});

describe('an end that breaks one thing', () => {
  const rows: [given: string, Parameters<typeof problem>, kind: string, words: string][] = [
    [
      'too much RAM, by a MiB',
      [[fileGuest('vm1', 'a', { mem_max_gib: 64 + 1 / 1024 })]],
      'final-ram',
      'in the end a holds 64.1 of 64.0 GiB RAM',
    ],
    ['too many vCPUs', [[fileGuest('vm1', 'a', { vcpus: 33 })]], 'final-cpu', 'a holds 33 of 32 vCPUs'],
    ['disks on no storage', [[onDisk('vm1', 'a', 8)]], 'final-storage', 'a holds 8.0 of 0.0 GiB on zfs'],
    [
      'a storage called like what every object has',
      [[fileGuest('vm1', 'a', { disks: { toString: 8 } })]],
      'final-storage',
      'a holds 8.0 of 0.0 GiB on toString',
    ],
    [
      'apart',
      [pair, { rules: { affinity: [rule(['vm1', 'vm2'])] } }],
      'final-affinity',
      'vm1 and vm2 are on a and b, and web keeps them together',
    ],
    [
      'together',
      [both, { rules: { anti_affinity: [rule(['vm1', 'vm2'])] } }],
      'final-anti-affinity',
      'vm1 and vm2 are on a together, and web keeps them apart',
    ],
    [
      'on no allowed node',
      [[fileGuest('vm1', 'a', { allowed: ['b'] })]],
      'final-allowed',
      'vm1 is on a, and it may run on b only',
    ],
    [
      'allowed nowhere',
      [[fileGuest('vm1', 'a', { allowed: [] })]],
      'final-allowed',
      'vm1 is on a, and it may run on no node of this cluster only',
    ],
    [
      'in maintenance',
      [[fileGuest('vm1', 'a')], { nodes: [fileNode('a', { maintenance: true })] }],
      'final-maintenance',
      'vm1 is on a, which is in maintenance',
    ],
    [
      'not emptied',
      [[fileGuest('vm1', 'a')], { evacuate: ['a'] }],
      'final-evacuate',
      'vm1 is on a, which is to be emptied',
    ],
  ];
  test.each(rows)('%s', (_given, parts, kind, words) => {
    const whole = verifyPlan(problem(...parts), [], { complete: true });
    expect(whole.violations).toEqual([expect.objectContaining({ kind, step: 1 })]);
    expect(whole.violations[0]?.message).toContain(words);
    const partial = verifyPlan(problem(...parts), [], { complete: false });
    expect(partial).toMatchObject({ certified: true, brokenBefore: [{ kind }], brokenAfter: [{ kind }] });
  });
});

describe('a plan that is certified', () => {
  const rows: [given: string, Parameters<typeof problem>, steps: unknown[]][] = [
    ['does nothing', [pair], []],
    ['moves two out of a node above its limit', [[big('vm1', 'a'), big('vm2', 'a')]], plan('vm1 a>b')],
    ['swaps over a third node', [[big('vm1', 'a'), big('vm2', 'b')]], plan('vm1 a~c', 'vm2 b>a', 'vm1 c>b')],
    [
      'moves a group of Proxmox at once, as one move for the limits',
      [both, { rules: { affinity: [rule(['vm1', 'vm2'], 'pve')] }, policy: { max_node_inflow: 1, max_parallel: 1 } }],
      plan('vm1 a>b, vm2 a>b'),
    ],
    [
      'splits a group of tags for a while',
      [both, { rules: { affinity: [rule(['vm1', 'vm2'])] } }],
      plan('vm1 a>b', 'vm2 a>b'),
    ],
    [
      'separates two that stand together',
      [both, { rules: { anti_affinity: [rule(['vm1', 'vm2'], 'pve')] } }],
      plan('vm1 a>b'),
    ],
    [
      'stops over outside the list of a guest that is outside it',
      [[fileGuest('vm1', 'a', { allowed: ['b'] })]],
      plan('vm1 a~c', 'vm1 c>b'),
    ],
    [
      'moves a stopped guest where there is room for none that runs',
      [[fileGuest('vm1', 'a', { running: false, mem_max_gib: 60 }), fileGuest('vm2', 'b', { mem_max_gib: 64 })]],
      plan('vm1 a>b'),
    ],
  ];
  test.each(rows)('%s', (_given, parts, steps) => {
    expect(verifyNamedPlan(problem(...parts), steps, { complete: true })).toMatchObject({
      certified: true,
      violations: [],
      brokenAfter: [],
    });
  });

  test('says how many moves it has, how many of them stopovers, and where everybody ends', () => {
    const given = problem([big('vm1', 'a'), big('vm2', 'b')]);
    const certificate = verifyNamedPlan(given, plan('vm1 a~c', 'vm2 b>a', 'vm1 c>b'), { complete: true });
    expect(certificate).toMatchObject({ moves: 3, hops: 1, placement: [1, 0] });
  });
});

describe('a plan that need not repair everything', () => {
  const trio = [fileGuest('vm1', 'a'), fileGuest('vm2', 'a'), fileGuest('vm3', 'b')];
  const apart = { rules: { anti_affinity: [rule(['vm1', 'vm2', 'vm3'])] } };
  const together = { rules: { affinity: [rule(['vm1', 'vm2', 'vm3'])] } };
  const partly = (parts: Partial<Parts>, steps: NamedMove[][]) =>
    verifyNamedPlan(problem(trio, parts), steps, { complete: false });

  test('leaves what was broken, if not by more → certified, and it says what', () => {
    const { certified, brokenAfter } = partly(apart, plan('vm3 b>c'));
    expect(certified).toBe(true);
    expect(brokenAfter.map(({ message }) => message)).toEqual([
      'vm1 and vm2 are on a together, and web keeps them apart',
    ]);
  });

  test.each([
    ['breaks a rule that was kept', { rules: { anti_affinity: [rule(['vm2', 'vm3'])] } }, plan('vm3 b>a')],
    ['breaks by more what was broken', apart, plan('vm3 b>a')],
    ['spreads further what was apart', together, plan('vm2 a>c')],
    [
      'breaks one rule for another of that name',
      { rules: { anti_affinity: [rule(['vm1', 'vm2']), rule(['vm1', 'vm3'])] } },
      plan('vm1 a>b'),
    ],
  ])('%s → refused', (_given, parts, steps) => {
    const { certified, violations } = partly(parts, steps);
    expect(certified).toBe(false);
    expect(violations.every(({ kind }) => kind.startsWith('final-'))).toBe(true);
  });

  test('breaks a rule elsewhere that was broken → certified', () => {
    const { certified } = partly({ rules: { anti_affinity: [rule(['vm1', 'vm2'])] } }, plan('vm1 a>c', 'vm2 a>c'));
    expect(certified).toBe(true);
  });
});

test('nothing goes to a node of which nobody knows whether it works, and nobody has to leave it', () => {
  const open = problem(pair);
  const closed = {
    ...open,
    nodes: open.nodes.map((node) => (node.id === 'b' ? { ...node, duty: 'closed' as const } : node)),
  };
  expect(verifyPlan(closed, [], { complete: true }).certified).toBe(true);
  const { violations } = verifyNamedPlan(closed, plan('vm1 a>b'), { complete: true });
  expect(violations.map(({ kind }) => kind)).toEqual(['to-closed']);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a guest that wants %d MiB goes nowhere', (memMib) => {
  const sane = problem(pair);
  const odd = { ...sane, guests: sane.guests.map((guest, i) => (i === 0 ? { ...guest, memMib } : guest)) };
  const { certified, violations } = verifyNamedPlan(odd, plan('vm1 a>b'), { complete: false });
  expect(certified).toBe(false);
  expect(violations.map(({ kind }) => kind)).toContain('ram');
});

test('a plan by index is judged like the same plan by names', () => {
  const given = problem(pair);
  const steps = [
    [
      { guest: 0, from: 1, to: 1 },
      { guest: 9, from: 0, to: 1 },
    ],
    [{ guest: 0, from: 0, to: 7 }],
  ];
  const kinds = verifyPlan(given, steps, { complete: true }).violations.map(({ kind }) => kind);
  expect(kinds).toEqual(['wrong-source', 'unknown-guest', 'unknown-node']);
});
