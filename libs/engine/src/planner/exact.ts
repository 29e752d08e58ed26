import type { Best } from './anneal.ts';
import { floorOf, keepsRules, partialOf, put } from './partial.ts';
import type { Tables } from './tables.ts';

export type ExactLimits = {
  /** Placements of one more unit to try before giving up */
  readonly tries: number;
  /** Guests that may move in all */
  readonly moves: number;
  /** Whether a placement better than all before may be the answer: not every one can be reached */
  readonly accept: (at: Int32Array) => boolean;
  /** Asked now and then; true: there is no time for more */
  readonly stop: () => boolean;
};

const askEvery = 512;

/**
 * Branch and bound: one unit after another on each node it may be on, as long as what is placed and the least that the rest
 * can add beat the best known. True: it went through everything, so `best` is the best there is.
 */
export const searchExactly = (tables: Tables, best: Best, { tries, moves, accept, stop }: ExactLimits): boolean => {
  const order = largestFirst(tables);
  const candidates = order.map((unit) => homeFirst(tables, unit));
  const partial = partialOf(tables, order);
  let left = tries;
  const descend = (depth: number): void => {
    const unit = order[depth];
    if (unit === undefined) {
      const accepted = accept(partial.at);
      if (stop()) left = 0;
      if (!accepted) return;
      best.objective = floorOf(partial, depth);
      best.at.set(partial.at);
      return;
    }
    for (const node of candidates[depth] ?? []) {
      if (left % askEvery === 0 && stop()) left = 0;
      if (--left < 0) return;
      put(partial, unit, node, 1);
      const promising =
        keepsRules(partial, unit, node) &&
        partial.moves + (partial.movesAhead[depth + 1] ?? 0) <= moves &&
        floorOf(partial, depth + 1) < best.objective;
      if (promising) descend(depth + 1);
      put(partial, unit, node, -1);
    }
  };
  descend(0);
  return left >= 0;
};

/** Units without a choice first, then those that need or weigh most. */
const largestFirst = (tables: Tables): number[] => {
  const { unitCount, needs, needAmounts, overScale, domains, footprints, termCount } = tables;
  const choice = (u: number) => Math.min(2, domains[u]?.length ?? 0);
  const sizes = Float64Array.from({ length: unitCount }, (_, u) => {
    let size = 0;
    for (let i = needs.start[u] ?? 0; i < (needs.start[u + 1] ?? 0); i++)
      size = Math.max(size, (needAmounts[i] ?? 0) * (overScale[needs.values[i] ?? 0] ?? 1));
    for (let t = 0; t < termCount; t++) {
      const all = footprints.subarray(t * unitCount, (t + 1) * unitCount).reduce((total, each) => total + each, 0);
      if (all > 0) size = Math.max(size, ((footprints[t * unitCount + u] ?? 0) * unitCount) / all);
    }
    return size;
  });
  const order = Array.from({ length: unitCount }, (_, u) => u);
  return order.sort((a, b) => choice(a) - choice(b) || (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
};

const homeFirst = ({ domains, moveCost, nodeCount }: Tables, unit: number): number[] => {
  const cost = (n: number) => moveCost[unit * nodeCount + n] ?? 0;
  return [...(domains[unit] ?? [])].sort((a, b) => cost(a) - cost(b) || a - b);
};
