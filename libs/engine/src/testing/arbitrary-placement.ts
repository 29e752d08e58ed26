import fc from 'fast-check';
import type {
  PlacementGuest,
  PlacementNode,
  PlacementProblem,
  PlacementRule,
  PlacementStep,
} from '../placement/model.ts';

const oneOf = <T>(usual: T, times: number, ...others: T[]) =>
  fc.constantFrom(...Array<T>(times).fill(usual), ...others);

const node: fc.Arbitrary<Omit<PlacementNode, 'id'>> = fc.record({
  memMib: fc.integer({ min: 8, max: 40 }),
  vcpuLimitMilli: fc.constantFrom(6000, 12_000, 24_000),
  storageMib: oneOf<Record<string, number>>({}, 2, { zfs: 10 }, { zfs: 20 }),
  duty: oneOf<PlacementNode['duty']>('serves', 30, 'drains', 'maintenance', 'closed'),
});

const guest = (nodes: number): fc.Arbitrary<Omit<PlacementGuest, 'id'>> =>
  fc.record({
    type: fc.constantFrom('VM', 'CT'),
    node: fc.nat(nodes - 1),
    vcpusMilli: fc.constantFrom(0, 1000, 2000, 4000),
    memMib: fc.integer({ min: 0, max: 7 }),
    disksMib: oneOf<Record<string, number>>({}, 6, { zfs: 6 }),
    fixed: oneOf<PlacementGuest['fixed']>(null, 16, 'ignored', 'pinned'),
    allowed: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.subarray(Array.from({ length: nodes }, (_, i) => i)) },
    ),
    moveCost: fc.constant(1),
  });

const rules = (name: string, guests: number): fc.Arbitrary<PlacementRule[]> =>
  fc
    .array(
      fc.record({
        members: fc.uniqueArray(fc.nat(Math.max(0, guests - 1)), { maxLength: 4 }),
        hard: oneOf(true, 2, false),
        origin: fc.constantFrom<('pve' | 'tag')[]>('pve', 'tag'),
      }),
      { maxLength: 2, size: '-1' },
    )
    .map((list) =>
      list.filter(({ members }) => members.length > 1).map((rule, i) => ({ ...rule, name: `${name}${i}` })),
    );

const objective: PlacementProblem['policy']['objective'] = {
  terms: [],
  unevenness: 'gap',
  whole: true,
  balanceWeight: 0,
  costWeight: 1,
  moveWeight: 0,
  softWeight: 1,
};

/** A placement problem of a few nodes and guests, with rules that may well contradict each other. */
export const placement = (nodesMax: number, guestsMax: number): fc.Arbitrary<PlacementProblem> =>
  fc
    .tuple(fc.constantFrom(nodesMax, nodesMax, nodesMax - 1, nodesMax - 2), fc.integer({ min: 0, max: guestsMax }))
    .chain(([nodes, guests]) =>
      fc.record({
        nodes: fc.array(node, { minLength: nodes, maxLength: nodes }),
        guests: fc.array(guest(nodes), { minLength: guests, maxLength: guests }),
        affinity: rules('with', guests),
        antiAffinity: rules('apart', guests),
        policy: fc.record({
          objective: fc.constant(objective),
          maxNodeInflow: oneOf<number | null>(null, 2, 1, 2),
          maxParallel: oneOf<number | null>(null, 2, 1, 3),
          maxMoves: oneOf<number | null>(null, 5, 1, 4),
        }),
      }),
    )
    .map(({ nodes, guests, ...rest }) => ({
      nodes: nodes.map((one, i) => ({ ...one, id: `n${i}` })),
      guests: guests.map((one, i) => ({ ...one, id: `g${i}` })),
      ...rest,
    }));

/** A problem and a plan for it whose moves start where their guests are; nothing else about it is sensible. */
export const placementWithPlan: fc.Arbitrary<{ problem: PlacementProblem; steps: PlacementStep[] }> = fc
  .tuple(
    placement(4, 6),
    fc.array(fc.array(fc.tuple(fc.nat(5), fc.nat(3), oneOf(false, 12, true)), { maxLength: 3 }), { maxLength: 4 }),
  )
  .map(([problem, wishes]) => ({ problem, steps: walk(problem, wishes) }));

const walk = (
  problem: PlacementProblem,
  wishes: readonly (readonly [number, number, boolean][])[],
): PlacementStep[] => {
  const at = problem.guests.map((one) => one.node);
  return wishes.map((step) => {
    const moves = new Map(
      step.flatMap(([who, to, hop]) => {
        const from = at[who];
        if (from === undefined || from === to || to >= problem.nodes.length) return [];
        return [[who, { guest: who, from, to, ...(hop && { hop }) }] as const];
      }),
    );
    for (const { guest, to } of moves.values()) at[guest] = to;
    return [...moves.values()];
  });
};
