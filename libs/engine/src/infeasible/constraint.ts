import type { PlacementNode, PlacementProblem } from '../placement/model.ts';

/** One thing a placement, or the way to it, has to keep: what can be taken out of a problem to see whether it matters. Guests, nodes and rules by index. */
export type Constraint =
  | { readonly kind: 'affinity' | 'anti-affinity'; readonly rule: number }
  | { readonly kind: 'fixed' | 'allowed'; readonly guest: number }
  | { readonly kind: 'duty'; readonly node: number }
  | Capacity
  | { readonly kind: 'max-moves' | 'inflow' | 'parallel' };

/** Room on a node. */
export type Capacity =
  | { readonly kind: 'ram'; readonly node: number }
  | { readonly kind: 'cpu'; readonly node: number }
  | { readonly kind: 'storage'; readonly node: number; readonly storage: string };

export const isCapacity = (one: Constraint): one is Capacity =>
  one.kind === 'ram' || one.kind === 'cpu' || one.kind === 'storage';

/** Everything a permitted state has to keep, what people decide first and what machines are last. */
export const constraintsOf = (problem: PlacementProblem): Constraint[] => {
  const { nodes, guests, affinity, antiAffinity } = problem;
  const storages = [...new Set(guests.flatMap(({ disksMib }) => Object.keys(disksMib)))];
  const hard = (rules: PlacementProblem['affinity']) => [...rules.keys()].filter((rule) => rules[rule]?.hard);
  const those = <T>(list: readonly T[], which: (one: T) => boolean) =>
    [...list.keys()].filter((i) => list.slice(i, i + 1).some(which));
  return [
    ...those(nodes, ({ duty }) => duty !== 'serves').map((node): Constraint => ({ kind: 'duty', node })),
    ...those(guests, ({ fixed }) => fixed !== null).map((guest): Constraint => ({ kind: 'fixed', guest })),
    ...those(guests, ({ allowed }) => allowed !== null).map((guest): Constraint => ({ kind: 'allowed', guest })),
    ...hard(affinity).map((rule): Constraint => ({ kind: 'affinity', rule })),
    ...hard(antiAffinity).map((rule): Constraint => ({ kind: 'anti-affinity', rule })),
    ...[...nodes.keys()].map((node): Constraint => ({ kind: 'ram', node })),
    ...[...nodes.keys()].map((node): Constraint => ({ kind: 'cpu', node })),
    ...[...nodes.keys()].flatMap((node) => storages.map((storage): Constraint => ({ kind: 'storage', node, storage }))),
  ];
};

/** What the way to a permitted state has to keep besides. */
export const wayConstraintsOf = ({ policy }: PlacementProblem): Constraint[] => [
  ...(policy.maxMoves === null ? [] : [{ kind: 'max-moves' } as const]),
  ...(policy.maxNodeInflow === null ? [] : [{ kind: 'inflow' } as const]),
  ...(policy.maxParallel === null ? [] : [{ kind: 'parallel' } as const]),
];

/** The problem without some of its constraints. Rules keep their places, soft. */
export const without = (problem: PlacementProblem, dropped: readonly Constraint[]): PlacementProblem => {
  const nodes = problem.nodes.slice();
  const guests = problem.guests.slice();
  const policy = { ...problem.policy };
  const gone = { affinity: new Set<number>(), 'anti-affinity': new Set<number>() };
  for (const one of dropped) {
    if (one.kind === 'affinity' || one.kind === 'anti-affinity') gone[one.kind].add(one.rule);
    else if ('guest' in one) change(guests, one.guest, { [one.kind]: null });
    else if ('node' in one) change(nodes, one.node, unlimited(nodes[one.node], one));
    else policy[limitOf[one.kind]] = null;
  }
  return {
    nodes,
    guests,
    affinity: problem.affinity.map((rule, i) => (gone.affinity.has(i) ? { ...rule, hard: false } : rule)),
    antiAffinity: problem.antiAffinity.map((rule, i) =>
      gone['anti-affinity'].has(i) ? { ...rule, hard: false } : rule,
    ),
    policy,
  };
};

const limitOf = { 'max-moves': 'maxMoves', inflow: 'maxNodeInflow', parallel: 'maxParallel' } as const;

const change = <T>(list: T[], i: number, parts: Partial<T>): void => {
  const old = list[i];
  if (old !== undefined) list[i] = { ...old, ...parts };
};

const unlimited = (
  node: PlacementNode | undefined,
  one: Extract<Constraint, { node: number }>,
): Partial<PlacementNode> => {
  if (one.kind === 'duty') return { duty: 'serves' };
  if (one.kind === 'storage') return { storageMib: { ...node?.storageMib, [one.storage]: Number.POSITIVE_INFINITY } };
  if (one.kind === 'ram') return { memMib: Number.POSITIVE_INFINITY };
  return { vcpuLimitMilli: Number.POSITIVE_INFINITY };
};

/** The same problem with some of its guests only. Rules keep their places, and the members that are left; one with fewer than two says nothing. */
export const withGuests = (problem: PlacementProblem, kept: readonly number[]): PlacementProblem => {
  const index = new Map(kept.map((guest, i) => [guest, i]));
  const left = (rules: PlacementProblem['affinity']) =>
    rules.map((rule) => {
      const members = rule.members.flatMap((guest) => index.get(guest) ?? []);
      return { ...rule, members, hard: rule.hard && members.length > 1 };
    });
  return {
    ...problem,
    guests: kept.flatMap((guest) => problem.guests[guest] ?? []),
    affinity: left(problem.affinity),
    antiAffinity: left(problem.antiAffinity),
  };
};
