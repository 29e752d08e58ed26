import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import { arrive, depart, fits, occupancyOf, type Parcel } from './occupancy.ts';
import { searchOrder } from './order-exhaustive.ts';
import { takeTurns } from './order-turns.ts';
import type { Patience } from './patience.ts';

/** Steps that lead there; or the guests that can't get where they should. */
export type Ordered =
  | { readonly steps: readonly PlacementStep[]; readonly blocked?: undefined }
  | { readonly steps?: undefined; readonly blocked: readonly number[] };

/**
 * The moves from where all guests are to `end`, in steps that keep every limit and every rule of Proxmox at every moment:
 * as many moves at a time as may be, and where nothing can move, the cheapest stopovers that let something move.
 */
export const orderSteps = (problem: PlacementProblem, end: Int32Array, patience: Patience): Ordered => {
  const start = Int32Array.from(problem.guests, ({ node }) => node);
  const turns = takeTurns(occupancyOf(problem, start), end, patience);
  const parcels = turns.blocked ? searchOrder(problem, start, end, patience) : turns.parcels;
  if (!parcels) return { blocked: turns.blocked ?? [] };
  const steps = pack(problem, start, parcels).map((step) => step.flatMap((parcel) => movesOf(parcel, end)));
  const moves = steps.reduce((total, step) => total + step.length, 0);
  if (moves <= (problem.policy.maxMoves ?? Number.POSITIVE_INFINITY)) return { steps };
  return { blocked: [...new Set(steps.flatMap((step) => step.flatMap(({ guest, hop }) => (hop ? [guest] : []))))] };
};

/** Moves one after another as steps: each runs beside those before it where that may be. */
const pack = (problem: PlacementProblem, start: Int32Array, parcels: readonly Parcel[]): Parcel[][] => {
  const occupancy = occupancyOf(problem, start);
  const steps: Parcel[][] = [];
  const moving = new Set<number>();
  for (const parcel of parcels) {
    if (parcel.guests.some((g) => moving.has(g)) || !fits(occupancy, parcel)) {
      steps.push(arrive(occupancy));
      moving.clear();
    }
    depart(occupancy, parcel);
    for (const g of parcel.guests) moving.add(g);
  }
  return [...steps, arrive(occupancy)].filter((step) => step.length > 0);
};

const movesOf = ({ guests, from, to }: Parcel, end: Int32Array): PlacementStep =>
  guests.map((guest) => (to === end[guest] ? { guest, from, to } : { guest, from, to, hop: true as const }));
