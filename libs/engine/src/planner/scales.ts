import type { Placement } from './placement.ts';
import type { Tables } from './tables.ts';

/** What is much and what is little in a problem, in units of its objective. */
export type Scales = {
  /** What it costs to move a unit of usual size; above 0 */
  readonly move: number;
  /** By term: how much a unit of usual size changes a load, and how far apart the loads are, in loads */
  readonly load: Float64Array;
  readonly gap: Float64Array;
  /** What a unit of usual size does to the unevenness */
  readonly uneven: number;
};

export const scalesOf = (placement: Placement): Scales => {
  const { tables } = placement;
  const load = Float64Array.from({ length: tables.termCount }, (_, t) => usualLoad(tables, t));
  const uneven = load.reduce((total, each, t) => total + each * (tables.termWeights[t] ?? 0), 0);
  const cost = usualMoveCost(tables);
  return {
    move: Math.max(cost, uneven * 1e-3, 1e-9),
    load,
    gap: Float64Array.from(load, (_, t) => Math.max(gapOf(placement, t), load[t] ?? 0, 1e-9)),
    uneven,
  };
};

const usualMoveCost = ({ moveCost, unitCount, nodeCount }: Tables): number => {
  let total = 0;
  for (let u = 0; u < unitCount; u++) {
    let most = 0;
    for (let n = 0; n < nodeCount; n++) most = Math.max(most, moveCost[u * nodeCount + n] ?? 0);
    total += most;
  }
  return total / Math.max(1, unitCount);
};

const usualLoad = ({ footprints, capacities, unitCount, nodeCount }: Tables, term: number): number => {
  const mean = (from: Float64Array, count: number) => {
    const part = from.subarray(term * count, (term + 1) * count);
    return part.reduce((total, each) => total + each, 0) / Math.max(1, count);
  };
  return mean(footprints, unitCount) / Math.max(1e-9, mean(capacities, nodeCount));
};

const gapOf = ({ tables: { nodeCount, counted }, load }: Placement, term: number): number => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let cell = term * nodeCount; cell < (term + 1) * nodeCount; cell++) {
    if (counted[cell] !== 1) continue;
    low = Math.min(low, load[cell] ?? 0);
    high = Math.max(high, load[cell] ?? 0);
  }
  return high - low;
};
