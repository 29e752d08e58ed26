import { arrive, depart, fits, type Occupancy, type Parcel, parcelsOf } from './occupancy.ts';
import { makeWay } from './order-hops.ts';
import type { Patience } from './patience.ts';

/** Moves in the order they can be made, one after another; or the guests that are left when nothing can move any more. */
export type Turns =
  | { readonly parcels: readonly Parcel[]; readonly blocked?: undefined }
  | { readonly parcels?: undefined; readonly blocked: readonly number[] };

/** Whoever can move goes, the most urgent first; when nobody can, others step aside. */
export const takeTurns = (occupancy: Occupancy, end: Int32Array, patience: Patience): Turns => {
  const { at } = occupancy;
  const pending = new Set([...at.keys()].filter((g) => at[g] !== end[g]));
  const most = 4 * pending.size + 8;
  const parcels: Parcel[] = [];
  while (pending.size > 0) {
    const waiting = byUrgency(occupancy, parcelsOf(occupancy, pending, end));
    for (const parcel of waiting) if (fits(occupancy, parcel)) depart(occupancy, parcel);
    if (occupancy.running.length > 0) parcels.push(...arrive(occupancy));
    else {
      const way = makeWay(occupancy, waiting, end, patience);
      if (!way || parcels.length > most) return { blocked: [...pending] };
      for (const parcel of way) {
        depart(occupancy, parcel);
        parcels.push(...arrive(occupancy));
        for (const g of parcel.guests) pending.add(g);
      }
    }
    for (const g of pending) if (at[g] === end[g]) pending.delete(g);
  }
  return { parcels };
};

/** Who goes to the node that has most to receive goes first, and of those the largest. */
const byUrgency = ({ problem }: Occupancy, parcels: Parcel[]): Parcel[] => {
  const inflow = new Map<number, number>();
  for (const { to } of parcels) inflow.set(to, (inflow.get(to) ?? 0) + 1);
  const size = ({ guests }: Parcel) => guests.reduce((total, g) => total + (problem.guests[g]?.memMib ?? 0), 0);
  const keyed = parcels.map((parcel) => ({ parcel, due: inflow.get(parcel.to) ?? 0, size: size(parcel) }));
  return keyed.sort((a, b) => b.due - a.due || b.size - a.size).map(({ parcel }) => parcel);
};
