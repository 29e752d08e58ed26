import { type Placement, placementOf } from './placement.ts';
import type { Tables } from './tables.ts';

/** The objective where everything is now, exactly; hard rules and limits aside. */
export const objectiveOf = (placement: Placement): number => {
  const { cost, soft, tables } = placement;
  return cost + tables.softWeight * soft + unevennessOf(placement);
};

/** The unevenness of all terms, weighted. */
const unevennessOf = ({ tables, load, highs, lows }: Placement): number => {
  const { termCount, nodeCount, termWeights, counted, countedNodes, whole, deviation } = tables;
  let total = 0;
  for (let t = 0; t < termCount; t++) {
    const weight = termWeights[t] ?? 0;
    if (deviation) {
      const count = countedNodes[t] ?? 1;
      total += weight * Math.sqrt(Math.max(0, (lows[t] ?? 0) / count - ((highs[t] ?? 0) / count) ** 2));
      continue;
    }
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let cell = t * nodeCount; cell < (t + 1) * nodeCount; cell++) {
      if (counted[cell] !== 1) continue;
      const each = load[cell] ?? 0;
      if (each < low) low = each;
      if (each > high) high = each;
    }
    total += weight * (whole ? Math.floor(high) - Math.floor(low) : high - low);
  }
  return total;
};

/** The objective of a placement, worked out from the beginning and without the tie-break that the search has in it. */
export const exactObjective = (tables: Tables, at: Int32Array): number => {
  const placement = placementOf(tables, at);
  const { costWeight, moveWeight } = tables.problem.policy.objective;
  const moved = tables.problem.guests.filter(({ node }, g) => node !== at[tables.unitOf[g] ?? 0]);
  const cost = moved.reduce((total, { moveCost }) => total + costWeight * moveCost + moveWeight, 0);
  return cost + tables.softWeight * placement.soft + unevennessOf(placement);
};
