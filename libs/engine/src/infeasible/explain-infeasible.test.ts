import { describe, expect, test } from 'vitest';
import { readProblem } from '../placement/read-problem.ts';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import { verifyPlan } from '../verify/verify-plan.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import { planRefusal } from './plan-answer.ts';

type Parts = Parameters<typeof problemFile>[0];
const problem = (parts: Parts) => readProblem(problemFile(parts));
const refusal = (parts: Parts) => {
  const verdict = explainInfeasible(problem(parts));
  if (verdict.status === 'feasible' || verdict.status === 'unknown') throw new Error(verdict.status);
  return verdict;
};

const two = [fileNode('pve1'), fileNode('pve2')];
const rule = (name: string, ...members: string[]) => ({ name, members, hard: true, origin: 'tag' as const });
const big = (id: string, node: string, mem_max_gib = 40) => fileGuest(id, node, { mem_max_gib });

describe('what is told of a problem without a permitted state', () => {
  const rows: [given: string, parts: Parts, status: string, reason: string, guests: string[], relaxations: string[]][] =
    [
      [
        'a chain of rules that keeps two together whom another keeps apart',
        {
          nodes: two,
          guests: ['web', 'app', 'db', 'other'].map((id) => fileGuest(id, 'pve1')),
          rules: {
            affinity: [rule('near', 'web', 'app'), rule('close', 'app', 'db'), rule('idle', 'db', 'other')],
            anti_affinity: [rule('web-apart', 'web', 'db')],
          },
        },
        'rule-conflict',
        'near keeps web and app together; close keeps app and db together; web-apart keeps web and db apart',
        ['web', 'app', 'db'],
        ['drop rule near', 'drop rule close', 'drop rule web-apart'],
      ],
      [
        'more guests apart than nodes',
        {
          nodes: two,
          guests: ['a', 'b', 'c'].map((id) => fileGuest(id, 'pve1')),
          rules: { anti_affinity: [rule('apart', 'a', 'b', 'c')] },
        },
        'rule-conflict',
        'apart keeps a, b and c apart',
        ['a', 'b', 'c'],
        ['drop rule apart'],
      ],
      [
        'together, and each on a node of its own',
        {
          nodes: two,
          guests: [fileGuest('a', 'pve1', { allowed: ['pve1'] }), fileGuest('b', 'pve2', { pinned: true })],
          rules: { affinity: [rule('pair', 'a', 'b')] },
        },
        'rule-conflict',
        'b is pinned to pve2; a may run on pve1 only; pair keeps a and b together',
        ['a', 'b'],
        ['let a run on pve2', 'let b leave pve2', 'drop rule pair'],
      ],
      [
        'a pinned guest on a node that is to be emptied',
        { nodes: two, guests: [fileGuest('a', 'pve1', { pinned: true }), fileGuest('b', 'pve1')], evacuate: ['pve1'] },
        'infeasible',
        'pve1 is to be emptied; a is pinned to pve1',
        ['a'],
        ['let a leave pve1', 'do not empty pve1'],
      ],
      [
        'too little RAM for three, whichever two share',
        { nodes: two, guests: [big('a', 'pve1'), big('b', 'pve1'), big('c', 'pve2'), fileGuest('small', 'pve2')] },
        'infeasible',
        'pve1 has 64.0 GiB RAM for guests; pve2 has 64.0 GiB RAM for guests; a, b and c need 120.0 GiB RAM',
        ['a', 'b', 'c'],
        // To pve2 the second big one has to move while the small one is there: with 16.0 more there is a state, and no way to it
        ['16.0 GiB more RAM on pve1', '20.0 GiB more RAM on pve2'],
      ],
      [
        'too little RAM once a node is in maintenance',
        {
          nodes: [fileNode('pve1'), fileNode('pve2', { maintenance: true })],
          guests: [big('a', 'pve1'), big('b', 'pve2', 32)],
        },
        'infeasible',
        'pve2 is in maintenance; pve1 has 64.0 GiB RAM for guests; a and b need 72.0 GiB RAM',
        ['a', 'b'],
        ['8.0 GiB more RAM on pve1', 'take pve2 out of maintenance'],
      ],
      [
        'too few vCPUs',
        { nodes: [fileNode('pve1')], guests: [fileGuest('a', 'pve1', { vcpus: 40 })] },
        'infeasible',
        'pve1 may have 32 vCPUs; a needs 40 vCPUs',
        ['a'],
        ['8 more vCPUs on pve1'],
      ],
      [
        'a local disk that has to leave, and no storage of that name elsewhere',
        {
          nodes: [fileNode('pve1', { storage_free: { zfs: 100 } }), fileNode('pve2')],
          guests: [fileGuest('a', 'pve1', { disks: { zfs: 32 } })],
          evacuate: ['pve1'],
        },
        'infeasible',
        'pve1 is to be emptied; pve2 has no room on zfs; a needs 32.0 GiB on zfs',
        ['a'],
        ['32.0 GiB more on zfs of pve2', 'do not empty pve1'],
      ],
      [
        'a guest that may run nowhere',
        { nodes: two, guests: [fileGuest('a', 'pve1', { allowed: [] })] },
        'rule-conflict',
        'a may run on no node',
        ['a'],
        ['let a run on pve1'],
      ],
      [
        'a node that reserves more than it has',
        {
          nodes: [fileNode('pve1', { reserve: { mem_gib: 72, cores: 0, storage: {} } }), fileNode('pve2')],
          guests: [],
        },
        'infeasible',
        'pve1 has -8.0 GiB RAM for guests',
        [],
        ['8.0 GiB more RAM on pve1'],
      ],
    ];
  test.each(rows)('%s', (_given, parts, status, reason, guests, relaxations) => {
    const verdict = refusal(parts);
    expect(verdict.status).toBe(status);
    expect(verdict.conflicts).toEqual([expect.objectContaining({ reason, guests, minimal: true })]);
    expect(verdict.relaxations.map(({ text }) => text)).toEqual(relaxations);
  });
});

test('every guest that blocks an evacuation is named, and letting go one alone is not called enough', () => {
  const guests = ['a', 'b'].map((id) => fileGuest(id, 'pve1', { pinned: true }));
  const verdict = refusal({ nodes: two, guests, evacuate: ['pve1'] });
  expect(planRefusal(verdict)).toEqual({
    status: 'infeasible',
    blockers: [
      { guest: 'a', reason: 'pve1 is to be emptied; a is pinned to pve1' },
      { guest: 'b', reason: 'pve1 is to be emptied; b is pinned to pve1' },
    ],
  });
  expect(verdict.relaxations.map(({ text }) => text)).toEqual([
    'do not empty pve1',
    'let a leave pve1 and let b leave pve1',
  ]);
});

test('what is enough together is of one kind where that is enough: two nodes stay in service rather than one with more RAM', () => {
  const nodes = ['pve1', 'pve2', 'pve3', 'pve4'].map((id) => fileNode(id));
  const guests = ['a', 'b', 'c'].map((id) => big(id, 'pve1'));
  const { relaxations } = refusal({
    nodes,
    guests,
    evacuate: ['pve1', 'pve2', 'pve3'],
    policy: { max_node_inflow: 1 },
  });
  const texts = relaxations.map(({ text }) => text);
  expect(texts).toContain('56.0 GiB more RAM on pve4');
  expect(texts).toContain('do not empty pve1 and do not empty pve2');
});

test('how much is missing is told of all guests, not of the few that are too many already', () => {
  const guests = Array.from({ length: 6 }, (_, i) => big(`vm${i}`, 'pve1', 30));
  const [conflict] = refusal({ nodes: two, guests }).conflicts;
  expect(conflict?.missing).toEqual([{ resource: 'ram', nodes: ['pve1', 'pve2'], amount: 52 * 1024 }]);
  expect(conflict?.guests).toHaveLength(5);
});

test('conflicting rules are named as plans name them', () => {
  const guests = [fileGuest('a', 'pve1', { allowed: ['pve1'] }), fileGuest('b', 'pve2', { allowed: ['pve2'] })];
  const verdict = refusal({ nodes: two, guests, rules: { affinity: [rule('pair', 'a', 'b')] } });
  expect(planRefusal(verdict)).toEqual({
    status: 'rule-conflict',
    conflicts: [{ rules: ['pair', 'a', 'b'], reason: expect.stringContaining('pair keeps a and b together') }],
  });
});

describe('a permitted state to which no way leads', () => {
  const swap = (third: number): Parts => ({
    nodes: [...two, fileNode('pve3', { mem_gib: third })],
    guests: [
      fileGuest('a', 'pve1', { mem_max_gib: 40, allowed: ['pve2'] }),
      fileGuest('b', 'pve2', { mem_max_gib: 40, allowed: ['pve1'] }),
    ],
  });

  test('two that have to trade places, and no room for either besides', () => {
    const verdict = refusal(swap(30));
    expect(verdict).toMatchObject({ status: 'infeasible', because: 'way' });
    expect(verdict.conflicts[0]).toMatchObject({ minimal: true, guests: ['a', 'b'] });
    expect(verdict.conflicts[0]?.parts.map(({ text }) => text)).toContain('pve3 has 30.0 GiB RAM for guests');
    expect(verdict.relaxations.map(({ text }) => text)).toContain('10.0 GiB more RAM on pve3');
    expect(verdict.relaxations.every(({ reachable }) => reachable)).toBe(true);
  });

  test('with room enough on the third node there is one, and it is told', () => {
    const given = problem(swap(40));
    const verdict = explainInfeasible(given);
    if (verdict.status !== 'feasible' || !verdict.steps) throw new Error(verdict.status);
    expect(verifyPlan(given, verdict.steps, { complete: true })).toMatchObject({ certified: true, moves: 3, hops: 1 });
  });

  test('too few moves for it', () => {
    const verdict = refusal({ ...swap(40), policy: { max_moves: 2 } });
    expect(verdict).toMatchObject({ status: 'infeasible', because: 'way' });
    expect(verdict.relaxations.map(({ text }) => text)).toContain('let the plan have more moves');
  });
});

test('what takes too long is unknown, never infeasible', () => {
  const parts = { nodes: two, guests: [big('a', 'pve1'), big('b', 'pve1'), big('c', 'pve2')] };
  expect(explainInfeasible(problem(parts), { budget: 0 })).toEqual({ status: 'unknown' });
});

test('a size that is not a number is unknown, never infeasible', () => {
  const given = problem({ nodes: two, guests: [big('a', 'pve1')] });
  const guests = given.guests.map((guest) => ({ ...guest, memMib: Number.NaN }));
  expect(explainInfeasible({ ...given, guests }).status).toBe('unknown');
});
