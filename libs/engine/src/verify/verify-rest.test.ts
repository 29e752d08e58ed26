import { expect, test } from 'vitest';
import { readProblem } from '../placement/read-problem.ts';
import { fileGuest, fileNode, problemFile } from '../testing/problem-file.ts';
import { verifyRest } from './verify-rest.ts';

/*
 * The plan trades vm1 and vm2, 40 GiB each on nodes of 64 GiB, by way of the third node, and vm3 goes along with the last step.
 */
const plan = [
  [{ guest: 'vm1', from: 'a', to: 'c', hop: true }],
  [{ guest: 'vm2', from: 'b', to: 'a' }],
  [
    { guest: 'vm1', from: 'c', to: 'b' },
    { guest: 'vm3', from: 'a', to: 'c' },
  ],
];

type At = { vm1?: string | undefined; vm2?: string; vm3?: string; other?: number };

const now = ({ vm1 = 'a', vm2 = 'b', vm3 = 'a', other }: At) =>
  readProblem(
    problemFile({
      nodes: ['a', 'b', 'c'].map((id) => fileNode(id)),
      guests: [
        ...(other === undefined ? [] : [fileGuest('newcomer', 'b', { mem_max_gib: other })]),
        fileGuest('vm3', vm3),
        fileGuest('vm2', vm2, { mem_max_gib: 40 }),
        ...(vm1 === 'gone' ? [] : [fileGuest('vm1', vm1, { mem_max_gib: 40 })]),
      ],
    }),
  );

test.each<[given: string, stepsDone: number, at: At, left: number[]]>([
  ['nothing is done', 0, {}, [1, 1, 2]],
  ['the first step is done', 1, { vm1: 'c' }, [1, 2]],
  ['the first step is done, and nobody noted it', 0, { vm1: 'c' }, [0, 1, 2]],
  ['two steps are done', 2, { vm1: 'c', vm2: 'a' }, [2]],
  ['one move of a step is done', 2, { vm1: 'c', vm2: 'a', vm3: 'c' }, [1]],
  ['all of it is done, and nobody noted it', 0, { vm1: 'b', vm2: 'a', vm3: 'c' }, [0, 0, 0]],
  ['a guest was brought to its end by somebody else', 1, { vm1: 'b', vm2: 'a' }, [0, 1]],
  ['all steps are done', 3, { vm1: 'b', vm2: 'a', vm3: 'c' }, []],
])('%s → the moves left are certified', (_given, stepsDone, at, left) => {
  const { certificate, rest, done } = verifyRest(now(at), plan, { stepsDone });
  expect(certificate.violations).toEqual([]);
  expect(certificate.certified).toBe(true);
  expect(rest.map((step) => step.length)).toEqual(left);
  expect(done.length + rest.flat().length).toBe(plan.slice(stepsDone).flat().length);
});

test.each<[given: string, stepsDone: number, at: At, kind: string, words: string]>([
  ['a guest is gone', 1, { vm1: 'gone' }, 'unknown-guest', 'step 3: there is no guest vm1'],
  ['a guest went where no move takes it', 1, { vm1: 'c', vm3: 'b' }, 'wrong-source', 'step 3: vm3 is on b, not on a'],
  ['a step that is said to be done was not', 1, {}, 'wrong-source', 'step 3: vm1 is on a, not on c'],
  ['a newcomer takes the room', 2, { vm1: 'c', vm2: 'a', other: 30 }, 'ram', 'step 3: b would hold 70.0 of 64.0 GiB'],
])('%s → refused', (_given, stepsDone, at, kind, words) => {
  const { certificate } = verifyRest(now(at), plan, { stepsDone });
  expect(certificate.certified).toBe(false);
  const found = certificate.violations.find((one) => one.kind === kind);
  expect(found?.message).toContain(words);
});

test('there and back again: who has not left has not come back', () => {
  const round = [[{ guest: 'vm3', from: 'a', to: 'c', hop: true }], [{ guest: 'vm3', from: 'c', to: 'a' }]];
  expect(verifyRest(now({}), round, { stepsDone: 0 }).rest.flat()).toHaveLength(2);
  expect(verifyRest(now({ vm3: 'c' }), round, { stepsDone: 0 }).rest.flat()).toHaveLength(1);
  expect(verifyRest(now({}), round, { stepsDone: 1 }).rest.flat()).toHaveLength(0);
});

test('what is broken half-way may stay broken, not more: going on is no worse than stopping', () => {
  const crowded = now({ vm1: 'c', vm2: 'a', other: 66 });
  const { certificate } = verifyRest(crowded, [[{ guest: 'vm3', from: 'a', to: 'c' }]], { stepsDone: 0 });
  expect(certificate.certified).toBe(true);
  expect(certificate.brokenAfter.map(({ message }) => message)).toEqual(['b holds 66.0 of 64.0 GiB RAM']);
});
