import { arrive, depart, fits, type Occupancy, type Parcel, parcelsOf } from './occupancy.ts';
import type { Patience } from './patience.ts';

/** Stopovers in a row that are tried to make way for one parcel. */
const mostHops = 3;
/** Stopovers that are tried for one deadlock, where patience is left for them. */
const mostTries = 5000;

/**
 * The cheapest moves, one after another, after which the last of them gets a waiting parcel where it should: others that are
 * in its way step aside. Undefined: none were found.
 */
export const makeWay = (
  occupancy: Occupancy,
  waiting: readonly Parcel[],
  end: Int32Array,
  patience: Patience,
): Parcel[] | undefined => {
  const tries = { left: Math.min(mostTries, patience.hops) };
  patience.hops -= tries.left;
  for (let hops = 1; hops <= mostHops; hops++) {
    let best: Way | undefined;
    for (const parcel of waiting) {
      const way = wayFor(occupancy, parcel, hops, end, tries);
      if (way && (!best || way.cost < best.cost)) best = way;
    }
    if (best || tries.left <= 0) {
      patience.hops += Math.max(0, tries.left);
      return best?.parcels;
    }
  }
  patience.hops += Math.max(0, tries.left);
  return undefined;
};

type Way = { readonly parcels: Parcel[]; readonly cost: number };
type Tries = { left: number };

const wayFor = (occupancy: Occupancy, parcel: Parcel, hops: number, end: Int32Array, tries: Tries): Way | undefined => {
  if (fits(occupancy, parcel)) return { parcels: [parcel], cost: 0 };
  if (hops === 0) return undefined;
  let best: Way | undefined;
  for (const hop of hopsFrom(occupancy, parcel.to, end)) {
    if (tries.left-- <= 0) return best;
    const cost = hopCost(occupancy, hop, end);
    if ((best && cost >= best.cost) || !fits(occupancy, hop)) continue;
    carryOut(occupancy, hop);
    const rest = wayFor(occupancy, parcel, hops - 1, end, tries);
    carryOut(occupancy, { guests: hop.guests, from: hop.to, to: hop.from });
    if (rest && (!best || cost + rest.cost < best.cost))
      best = { parcels: [hop, ...rest.parcels], cost: cost + rest.cost };
  }
  return best;
};

const carryOut = (occupancy: Occupancy, parcel: Parcel): void => {
  depart(occupancy, parcel);
  arrive(occupancy);
};

/** All stopovers that guests on a node may make, each to every node that would take it. */
const hopsFrom = (occupancy: Occupancy, node: number, end: Int32Array): Parcel[] => {
  const { problem, at } = occupancy;
  const here = [...at.keys()].filter((g) => at[g] === node && problem.guests[g]?.fixed === null);
  return parcelsOf(occupancy, here, end).flatMap(({ guests, from }) =>
    problem.nodes.flatMap((_, to) => (to !== from && mayStop(occupancy, guests, to) ? [{ guests, from, to }] : [])),
  );
};

/** A guest that stands outside the nodes it may be on may stop on another such node. */
export const mayStop = ({ problem, at }: Occupancy, guests: readonly number[], node: number): boolean =>
  problem.nodes[node]?.duty === 'serves' &&
  guests.every((g) => {
    const allowed = problem.guests[g]?.allowed;
    return !allowed || allowed.includes(node) || !allowed.includes(at[g] ?? -1);
  });

/** A guest that stops on its way moves once more than it would; one that has to come back, twice. */
const hopCost = ({ problem, at }: Occupancy, { guests, to }: Parcel, end: Int32Array): number =>
  guests.reduce((total, g) => {
    const extra = (end[g] === to ? 0 : 1) + (end[g] === at[g] ? 1 : 0);
    return total + extra * (problem.guests[g]?.moveCost ?? 0);
  }, 0);
