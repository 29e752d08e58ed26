import type { PlacementGuest, PlacementNode, PlacementProblem } from '../../placement/model.ts';

/** What decides about placements, as arrays: what guests need, what nodes have, and where guests may end. */
export type Compact = {
  readonly nodeCount: number;
  readonly guestCount: number;
  /** RAM, vCPUs, and every storage on which somebody has a disk */
  readonly resourceCount: number;
  /** By guest × resource, and by node × resource */
  readonly demand: Float64Array;
  readonly room: Float64Array;
  /** Nodes on which each guest may end, ascending */
  readonly ends: readonly (readonly number[])[];
  /** Members of hard rules */
  readonly together: readonly (readonly number[])[];
  readonly apart: readonly (readonly number[])[];
};

/** Null: some size is not a number, and nothing can be said. */
export const compactOf = (problem: PlacementProblem): Compact | null => {
  const storages = [...new Set(problem.guests.flatMap(({ disksMib }) => Object.keys(disksMib)))];
  const resources = 2 + storages.length;
  const demand = problem.guests.flatMap((guest) => [guest.memMib, guest.vcpusMilli, ...take(guest.disksMib, storages)]);
  const room = problem.nodes.flatMap((node) => [node.memMib, node.vcpuLimitMilli, ...take(node.storageMib, storages)]);
  if (!demand.every(Number.isFinite) || room.some(Number.isNaN)) return null;
  const hard = (rules: PlacementProblem['affinity']) => rules.filter((rule) => rule.hard).map(({ members }) => members);
  return {
    nodeCount: problem.nodes.length,
    guestCount: problem.guests.length,
    resourceCount: resources,
    demand: Float64Array.from(demand),
    room: Float64Array.from(room),
    ends: problem.guests.map((guest) => endsOf(guest, problem.nodes)),
    together: hard(problem.affinity),
    apart: hard(problem.antiAffinity),
  };
};

const take = (sizes: Readonly<Record<string, number>>, names: readonly string[]): number[] =>
  names.map((name) => (Object.hasOwn(sizes, name) ? (sizes[name] ?? 0) : 0));

const endsOf = (guest: PlacementGuest, nodes: readonly PlacementNode[]): number[] =>
  [...nodes.keys()].filter((i) => {
    const duty = nodes[i]?.duty;
    if (duty !== 'serves' && !(duty === 'closed' && i === guest.node)) return false;
    return (guest.fixed === null || i === guest.node) && (guest.allowed === null || guest.allowed.includes(i));
  });
