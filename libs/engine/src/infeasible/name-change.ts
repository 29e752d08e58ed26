import type { PlacementProblem } from '../placement/model.ts';
import { gibUsed } from '../verify/words.ts';
import type { Extra } from './capacity.ts';
import type { Capacity, Constraint } from './constraint.ts';
import type { RelaxationChange } from './verdict.ts';

type Outcome = { readonly extras: readonly Extra[]; readonly placement: readonly number[] };

/** What to change so that a constraint is in the way no longer, in fields and words. */
export const nameChange = (problem: PlacementProblem, one: Constraint, outcome: Outcome): RelaxationChange => {
  if ('rule' in one) {
    const rules = one.kind === 'affinity' ? problem.affinity : problem.antiAffinity;
    const rule = rules[one.rule]?.name ?? '';
    return { kind: 'drop-rule', rule, text: `drop rule ${rule}` };
  }
  if ('guest' in one) return guestChange(problem, one, outcome);
  if (one.kind === 'duty') {
    const { id = '', duty = 'closed' } = problem.nodes[one.node] ?? {};
    return { kind: 'keep-node', node: id, text: duty === 'serves' ? `use ${id}` : keeping[duty](id) };
  }
  if ('node' in one) return roomChange(problem, one, outcome);
  return { kind: 'raise-limit', text: raising[one.kind] };
};

const keeping = {
  drains: (node: string) => `do not empty ${node}`,
  maintenance: (node: string) => `take ${node} out of maintenance`,
  closed: (node: string) => `have ${node} back in service`,
};
const raising = {
  'max-moves': 'let the plan have more moves',
  inflow: 'let more moves arrive at a node at once',
  parallel: 'let more moves run at once',
};

const guestChange = (
  problem: PlacementProblem,
  one: Extract<Constraint, { guest: number }>,
  { placement }: Outcome,
): RelaxationChange => {
  const { id = '', node = -1 } = problem.guests[one.guest] ?? {};
  const name = (i: number) => problem.nodes[i]?.id ?? '';
  if (one.kind === 'fixed')
    return { kind: 'release-guest', guest: id, node: name(node), text: `let ${id} leave ${name(node)}` };
  const to = name(placement[one.guest] ?? -1);
  return { kind: 'allow-node', guest: id, node: to, text: `let ${id} run on ${to}` };
};

const roomChange = (problem: PlacementProblem, one: Capacity, { extras }: Outcome): RelaxationChange => {
  const amount = extras.find(({ limit }) => limit === one)?.amount ?? 0;
  const node = problem.nodes[one.node]?.id ?? '';
  if (one.kind === 'cpu')
    return { kind: 'more-vcpus', node, amount: amount / 1000, text: `${amount / 1000} more vCPUs on ${node}` };
  if (one.kind === 'ram') return { kind: 'more-ram', node, amount, text: `${gibUsed(amount)} GiB more RAM on ${node}` };
  const text = `${gibUsed(amount)} GiB more on ${one.storage} of ${node}`;
  return { kind: 'more-storage', node, storage: one.storage, amount, text };
};
