import type { PlacementProblem, PlacementRule } from '../placement/model.ts';
import { gibLimit, listed } from '../verify/words.ts';
import type { Constraint } from './constraint.ts';
import type { ConflictPart } from './verdict.ts';

/** A constraint in fields and words. */
export const namePart = (problem: PlacementProblem, one: Constraint): ConflictPart => {
  if ('rule' in one) return namedRule(problem, one);
  if ('guest' in one) return namedGuest(problem, one);
  if ('node' in one) return namedNode(problem, one);
  const { maxMoves, maxNodeInflow, maxParallel } = problem.policy;
  if (one.kind === 'max-moves')
    return { kind: one.kind, limit: maxMoves ?? 0, text: `no more than ${maxMoves} moves are wanted` };
  if (one.kind === 'inflow')
    return {
      kind: one.kind,
      limit: maxNodeInflow ?? 0,
      text: `no more than ${maxNodeInflow} at once may arrive at a node`,
    };
  return { kind: one.kind, limit: maxParallel ?? 0, text: `no more than ${maxParallel} may move at once` };
};

const namedRule = (problem: PlacementProblem, one: Extract<Constraint, { rule: number }>): ConflictPart => {
  const rules: readonly PlacementRule[] = one.kind === 'affinity' ? problem.affinity : problem.antiAffinity;
  const { name = '', members = [] } = rules[one.rule] ?? {};
  const who = listed(members.map((guest) => problem.guests[guest]?.id ?? ''));
  return { kind: one.kind, rule: name, text: `${name} keeps ${who} ${one.kind === 'affinity' ? 'together' : 'apart'}` };
};

const namedGuest = (problem: PlacementProblem, one: Extract<Constraint, { guest: number }>): ConflictPart => {
  const { id = '', node = -1, fixed, allowed } = problem.guests[one.guest] ?? {};
  const name = (i: number) => problem.nodes[i]?.id ?? '';
  if (one.kind === 'allowed') {
    const text = allowed?.length ? `${id} may run on ${listed(allowed.map(name))} only` : `${id} may run on no node`;
    return { kind: 'allowed', guest: id, text };
  }
  const text = fixed === 'ignored' ? `${id} is to be left alone on ${name(node)}` : `${id} is pinned to ${name(node)}`;
  return { kind: fixed === 'ignored' ? 'ignored' : 'pinned', guest: id, node: name(node), text };
};

const namedNode = (problem: PlacementProblem, one: Extract<Constraint, { node: number }>): ConflictPart => {
  const node = problem.nodes[one.node];
  const { id = '', duty = 'closed', memMib = 0, vcpuLimitMilli = 0, storageMib = {} } = node ?? {};
  if (one.kind === 'duty') {
    const kind = duty === 'serves' ? 'closed' : duty;
    return { kind, node: id, text: `${id} ${duties[kind]}` };
  }
  if (one.kind === 'ram')
    return { kind: 'ram', node: id, limit: memMib, text: `${id} has ${gibLimit(memMib)} GiB RAM for guests` };
  if (one.kind === 'cpu') {
    const limit = vcpuLimitMilli / 1000;
    return { kind: 'cpu', node: id, limit, text: `${id} may have ${limit} vCPUs` };
  }
  const { storage } = one;
  const limit = Object.hasOwn(storageMib, storage) ? (storageMib[storage] ?? 0) : 0;
  const text = limit > 0 ? `${id} has ${gibLimit(limit)} GiB on ${storage}` : `${id} has no room on ${storage}`;
  return { kind: 'storage', node: id, storage, limit, text };
};

const duties = { drains: 'is to be emptied', maintenance: 'is in maintenance', closed: 'receives nothing' } as const;
