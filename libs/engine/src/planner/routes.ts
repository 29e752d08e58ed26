import type { PlacementStep } from '../placement/model.ts';
import { exactObjective } from './objective.ts';
import { orderSteps } from './order-steps.ts';
import { newPatience } from './patience.ts';
import type { Tables } from './tables.ts';

/** Ways from the present placement to others; and the best placement that there was a way to. */
export type Routes = {
  /** The guests that can't get there; nobody if there is a way */
  readonly to: (at: Int32Array) => readonly number[];
  readonly best: Route | null;
  /** There may be ways that were not found */
  readonly doubtful: () => boolean;
};

type Route = { readonly at: Int32Array; readonly steps: readonly PlacementStep[]; readonly objective: number };

export const routesOf = (tables: Tables): Routes => {
  const patience = newPatience();
  let best: Route | null = null;
  return {
    to: (at) => {
      const { steps, blocked } = orderSteps(tables.problem, endOf(tables, at), patience);
      if (!steps) return blocked;
      const objective = exactObjective(tables, at);
      if (!best || objective < best.objective) best = { at: Int32Array.from(at), steps, objective };
      return [];
    },
    get best() {
      return best;
    },
    doubtful: () => patience.gaveUp,
  };
};

/** By guest the node it ends on, of the nodes of units. */
export const endOf = ({ unitOf }: Tables, at: Int32Array): Int32Array => unitOf.map((u) => at[u] ?? 0);
