import { unevennessBelow } from './gap-bound.ts';
import type { Tables } from './tables.ts';

/** Some units placed, the others nowhere yet; and the least that the objective can become from here. */
export type Partial = {
  readonly tables: Tables;
  readonly order: readonly number[];
  /** -1: not placed yet */
  readonly at: Int32Array;
  readonly used: Float64Array;
  readonly crowd: Int32Array;
  readonly amount: Float64Array;
  /** By depth: the least that moving the units from there on costs, and the most guests that may have moved before them */
  readonly costAhead: Float64Array;
  readonly movesAhead: Float64Array;
  /** By term: the sum of all footprints and bases on nodes that may receive; whether all of it lands where it counts */
  readonly totals: Float64Array;
  readonly open: Uint8Array;
  cost: number;
  moves: number;
};

export const partialOf = (tables: Tables, order: readonly number[]): Partial => {
  const { unitCount, nodeCount, resourceCount, termCount, apartHard, bases, domains, footprints } = tables;
  const open = new Uint8Array(nodeCount);
  for (const domain of domains) for (const n of domain) open[n] = 1;
  const totals = Float64Array.from({ length: termCount }, (_, t) => {
    let total = 0;
    for (let n = 0; n < nodeCount; n++) if (open[n] === 1) total += bases[t * nodeCount + n] ?? 0;
    for (let u = 0; u < unitCount; u++) total += footprints[t * unitCount + u] ?? 0;
    return total;
  });
  const least = (of: ArrayLike<number>, unit: number) =>
    Array.from(domains[unit] ?? []).reduce(
      (min, n) => Math.min(min, of[unit * nodeCount + n] ?? 0),
      Number.POSITIVE_INFINITY,
    );
  const ahead = (of: ArrayLike<number>) => {
    const sums = new Float64Array(order.length + 1);
    for (let depth = order.length - 1; depth >= 0; depth--)
      sums[depth] = (sums[depth + 1] ?? 0) + least(of, order[depth] ?? 0);
    return sums;
  };
  return {
    tables,
    order,
    at: new Int32Array(unitCount).fill(-1),
    used: new Float64Array(resourceCount * nodeCount),
    crowd: new Int32Array(apartHard.length * nodeCount),
    amount: Float64Array.from(bases),
    costAhead: ahead(tables.moveCost),
    movesAhead: ahead(tables.moveCount),
    totals,
    open,
    cost: 0,
    moves: 0,
  };
};

/** Puts a unit on a node, or takes it away with a `sign` of -1. */
export const put = (partial: Partial, unit: number, node: number, sign: 1 | -1): void => {
  const { tables, used, crowd, amount, at } = partial;
  const { needs, needAmounts, apart, apartMembers, nodeCount, unitCount, termCount, footprints } = tables;
  at[unit] = sign === 1 ? node : -1;
  partial.cost += sign * (tables.moveCost[unit * nodeCount + node] ?? 0);
  partial.moves += sign * (tables.moveCount[unit * nodeCount + node] ?? 0);
  for (let i = needs.start[unit] ?? 0; i < (needs.start[unit + 1] ?? 0); i++) {
    const cell = (needs.values[i] ?? 0) * nodeCount + node;
    used[cell] = (used[cell] ?? 0) + sign * (needAmounts[i] ?? 0);
  }
  for (let i = apart.start[unit] ?? 0; i < (apart.start[unit + 1] ?? 0); i++) {
    const cell = (apart.values[i] ?? 0) * nodeCount + node;
    crowd[cell] = (crowd[cell] ?? 0) + sign * (apartMembers[i] ?? 0);
  }
  for (let t = 0; t < termCount; t++) {
    const cell = t * nodeCount + node;
    amount[cell] = (amount[cell] ?? 0) + sign * (footprints[t * unitCount + unit] ?? 0);
  }
};

/** Whether a unit just put on a node keeps its limits and hard rules. */
export const keepsRules = ({ tables, used, crowd }: Partial, unit: number, node: number): boolean => {
  const { needs, limits, apart, apartHard, nodeCount } = tables;
  for (let i = needs.start[unit] ?? 0; i < (needs.start[unit + 1] ?? 0); i++) {
    const cell = (needs.values[i] ?? 0) * nodeCount + node;
    if ((used[cell] ?? 0) > (limits[cell] ?? 0)) return false;
  }
  for (let i = apart.start[unit] ?? 0; i < (apart.start[unit + 1] ?? 0); i++) {
    const rule = apart.values[i] ?? 0;
    if (apartHard[rule] === 1 && (crowd[rule * nodeCount + node] ?? 0) > 1) return false;
  }
  return true;
};

/** Less than this the objective can't become, whatever the units from `depth` on do. */
export const floorOf = (partial: Partial, depth: number): number => {
  const { tables, cost, costAhead } = partial;
  return cost + (costAhead[depth] ?? 0) + tables.softWeight * softSoFar(partial) + unevennessBelow(partial);
};

/** Soft rules that are broken already. */
const softSoFar = ({ tables, crowd, at }: Partial): number => {
  const { apartHard, nearMembers, nodeCount } = tables;
  let soft = 0;
  for (let rule = 0; rule < apartHard.length; rule++) {
    if (apartHard[rule] === 1) continue;
    for (let n = 0; n < nodeCount; n++) if ((crowd[rule * nodeCount + n] ?? 0) > 1) soft += 1;
  }
  for (const members of nearMembers) {
    const first = at[members[0] ?? 0] ?? -1;
    if (first < 0) continue;
    for (let i = 1; i < members.length; i++) {
      const other = at[members[i] ?? 0] ?? -1;
      if (other >= 0 && other !== first) soft += 2;
    }
  }
  return soft;
};
