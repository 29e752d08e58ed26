import type { Partial } from './partial.ts';

/** The least that the unevenness of all terms can become, weighted, whatever the units do that are not placed yet. */
export const unevennessBelow = (partial: Partial): number => {
  const { termCount, termWeights, deviation } = partial.tables;
  if (deviation) return 0;
  let total = 0;
  for (let t = 0; t < termCount; t++) total += (termWeights[t] ?? 0) * gapBelow(partial, t);
  return total;
};

/** So that a quotient that came out a hair above the truth never makes a bound that is too high. */
const hair = 1e-12;

/**
 * The highest load is at least that of what is placed, and the mean; the lowest is at most the mean of the nodes that are not
 * above it already, for what is still to come must go somewhere.
 */
const gapBelow = (partial: Partial, term: number): number => {
  const { tables, amount, open } = partial;
  const { nodeCount, capacities, counted, whole } = tables;
  let [high, low] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let n = 0; n < nodeCount; n++) {
    const cell = term * nodeCount + n;
    if (counted[cell] !== 1) {
      if (open[n] === 1) return 0;
      continue;
    }
    const load = (amount[cell] ?? 0) / (capacities[cell] ?? 1);
    high = Math.max(high, load);
    if (open[n] !== 1) low = Math.min(low, load);
  }
  const mean = meanOf(partial, term, Number.POSITIVE_INFINITY);
  high = Math.max(high, mean) * (1 - hair);
  low = Math.min(low, waterLevel(partial, term, mean)) * (1 + hair);
  if (!(high > low)) return 0;
  return whole ? Math.floor(high) - Math.floor(low) : high - low;
};

/** The mean of the nodes below it: each one found to be above takes its share out. */
const waterLevel = (partial: Partial, term: number, mean: number): number => {
  const lower = meanOf(partial, term, mean);
  return lower < mean - hair * Math.abs(mean) ? waterLevel(partial, term, lower) : mean;
};

/** The mean load in the end of the nodes that may receive and are not fuller than `level` already. */
const meanOf = ({ tables, amount, totals, open }: Partial, term: number, level: number): number => {
  const { nodeCount, capacities } = tables;
  let [rest, room] = [totals[term] ?? 0, 0];
  for (let n = 0; n < nodeCount; n++) {
    const cell = term * nodeCount + n;
    if (open[n] !== 1) continue;
    const here = amount[cell] ?? 0;
    if (here > level * (capacities[cell] ?? 1)) rest -= here;
    else room += capacities[cell] ?? 0;
  }
  return room > 0 ? rest / room : Number.POSITIVE_INFINITY;
};
