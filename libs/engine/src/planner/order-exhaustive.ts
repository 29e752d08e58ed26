import type { PlacementProblem } from '../placement/model.ts';
import { arrive, depart, fits, type Occupancy, occupancyOf, type Parcel } from './occupancy.ts';
import { mayStop } from './order-hops.ts';

/** States looked at before giving up: enough for all of a small cluster. */
const mostStates = 4000;
/** Guests times nodes of what counts as a small cluster here. */
const mostPlaces = 80;

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
export const searchOrder = (problem: PlacementProblem, start: Int32Array, end: Int32Array): Parcel[] | undefined => {
  if (problem.guests.length * problem.nodes.length > mostPlaces) return undefined;
  const open: Visit[] = [{ at: start, cost: 0, parcel: null, before: null }];
  const closed = new Set<string>();
  const goal = end.join();
  while (open.length > 0 && closed.size < mostStates) {
    const visit = takeCheapest(open);
    const key = visit.at.join();
    if (key === goal) return pathTo(visit);
    if (closed.has(key)) continue;
    closed.add(key);
    const occupancy = occupancyOf(problem, visit.at);
    for (const parcel of allMoves(occupancy, end)) {
      depart(occupancy, parcel);
      arrive(occupancy);
      const at = Int32Array.from(occupancy.at);
      if (!closed.has(at.join())) open.push({ at, cost: visit.cost + costOf(problem, parcel), parcel, before: visit });
      depart(occupancy, { guests: parcel.guests, from: parcel.to, to: parcel.from });
      arrive(occupancy);
    }
  }
  return undefined;
};

const takeCheapest = (open: Visit[]): Visit => {
  let least = 0;
  for (const [i, { cost }] of open.entries()) if (cost < (open[least]?.cost ?? 0)) least = i;
  const visit = open[least];
  const last = open.pop();
  if (!visit || !last) throw new RangeError('nothing to take');
  if (least < open.length) open[least] = last;
  return visit;
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
