import type { PlacementProblem } from '../placement/model.ts';
import { Heap } from './heap.ts';
import { arrive, depart, fits, type Occupancy, occupancyOf, type Parcel } from './occupancy.ts';
import { mayStop } from './order-hops.ts';
import type { Patience } from './patience.ts';

/** Guests times nodes of what counts as a small cluster here. */
const mostPlaces = 40;

type Visit = {
  readonly at: Int32Array;
  readonly cost: number;
  readonly parcel: Parcel | null;
  readonly before: Visit | null;
};

/**
 * The cheapest moves from `start` to `end` of all there are, found by going through every state that can be reached. Undefined:
 * there is no way, or the cluster is too large to tell.
 */
export const searchOrder = (
  problem: PlacementProblem,
  start: Int32Array,
  end: Int32Array,
  patience: Patience,
): Parcel[] | undefined => {
  patience.gaveUp ||= problem.guests.length * problem.nodes.length > mostPlaces || patience.states <= 0;
  if (problem.guests.length * problem.nodes.length > mostPlaces) return undefined;
  const open = new Heap<Visit>();
  open.push(0, { at: start, cost: 0, parcel: null, before: null });
  const closed = new Set<string>();
  const goal = end.join();
  for (let visit = open.pop(); visit && patience.states > 0; visit = open.pop()) {
    const key = visit.at.join();
    if (key === goal) return pathTo(visit);
    if (closed.has(key)) continue;
    closed.add(key);
    patience.states -= 1;
    const occupancy = occupancyOf(problem, visit.at);
    for (const parcel of allMoves(occupancy, end)) {
      depart(occupancy, parcel);
      arrive(occupancy);
      const at = Int32Array.from(occupancy.at);
      const cost = visit.cost + costOf(problem, parcel);
      if (!closed.has(at.join())) open.push(cost, { at, cost, parcel, before: visit });
      depart(occupancy, { guests: parcel.guests, from: parcel.to, to: parcel.from });
      arrive(occupancy);
    }
  }
  patience.gaveUp ||= open.size > 0;
  return undefined;
};

const pathTo = (visit: Visit): Parcel[] => {
  const parcels: Parcel[] = [];
  for (let one: Visit | null = visit; one?.parcel; one = one.before) parcels.unshift(one.parcel);
  return parcels;
};

/** Every guest, and every set of a group that stands together, to every node that takes it. */
const allMoves = (occupancy: Occupancy, end: Int32Array): Parcel[] => {
  const { problem, at, groups } = occupancy;
  const alone = [...at.keys()].map((g) => [g]);
  const together = groups.flatMap((members) => [...Map.groupBy(members, (g) => at[g]).values()]);
  const sets = [...alone, ...together.filter(({ length }) => length > 1)];
  return sets.flatMap((guests) => {
    if (guests.some((g) => problem.guests[g]?.fixed !== null)) return [];
    const from = at[guests[0] ?? 0] ?? 0;
    const targets = [...problem.nodes.keys()].filter((to) => to !== from);
    const allowed = targets.filter((to) => guests.every((g) => end[g] === to) || mayStop(occupancy, guests, to));
    return allowed.map((to) => ({ guests, from, to })).filter((parcel) => fits(occupancy, parcel));
  });
};

const costOf = ({ guests }: PlacementProblem, parcel: Parcel): number =>
  parcel.guests.reduce((total, g) => total + (guests[g]?.moveCost ?? 0), 0);
