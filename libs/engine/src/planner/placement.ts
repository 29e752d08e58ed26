import type { Tables } from './tables.ts';

/**
 * Where every unit is, with all that follows from it kept up to date: what is used, which rules are crowded, how even the
 * loads are. It changes by one unit moving to another node, or two trading places.
 */
export type Placement = {
  readonly tables: Tables;
  readonly at: Int32Array;
  /** Units that are not at home, in no order: the first `awayCount`; and where in the list a unit is, -1: not at all */
  readonly away: Int32Array;
  readonly awayIndex: Int32Array;
  awayCount: number;
  /** By resource and node */
  readonly used: Float64Array;
  /** Members by anti-affinity rule and node */
  readonly crowd: Int32Array;
  /** By term and node: footprints added up, and the load that makes there, not rounded */
  readonly amount: Float64Array;
  readonly load: Float64Array;
  /** By term: how far from the highest load others still count as high, likewise for the lowest */
  readonly smoothing: Float64Array;
  readonly middle: Float64Array;
  /** By term and node: e^((load - middle) / smoothing); by term the sum of it and of its inverse (for deviations: of loads and their squares) */
  readonly peak: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  /** What is above limits, in guests of usual size, and members that hard rules keep apart and are not */
  over: number;
  /** What moving costs in the objective, and how many guests moved */
  cost: number;
  moves: number;
  /** Soft rules broken */
  soft: number;
};

export const placementOf = (tables: Tables, at: Int32Array): Placement => {
  const { nodeCount, resourceCount, apartHard, termCount } = tables;
  const placement: Placement = {
    tables,
    at: Int32Array.from(at),
    away: new Int32Array(tables.unitCount),
    awayIndex: new Int32Array(tables.unitCount).fill(-1),
    awayCount: 0,
    used: new Float64Array(resourceCount * nodeCount),
    crowd: new Int32Array(apartHard.length * nodeCount),
    amount: new Float64Array(termCount * nodeCount),
    load: new Float64Array(termCount * nodeCount),
    smoothing: new Float64Array(termCount).fill(1),
    middle: new Float64Array(termCount),
    peak: new Float64Array(termCount * nodeCount),
    highs: new Float64Array(termCount),
    lows: new Float64Array(termCount),
    over: 0,
    cost: 0,
    moves: 0,
    soft: 0,
  };
  settle(placement, at);
  return placement;
};

/** Puts all units where `at` says and works everything out from the beginning. */
export const settle = (placement: Placement, at: Int32Array): void => {
  const { tables, used, crowd } = placement;
  const { unitCount, nodeCount, needs, needAmounts, apart, apartMembers } = tables;
  placement.at.set(at);
  used.fill(0);
  crowd.fill(0);
  placement.cost = 0;
  placement.moves = 0;
  for (let u = 0; u < unitCount; u++) {
    const n = at[u] ?? 0;
    noteAway(placement, u, n);
    placement.cost += tables.moveCost[u * nodeCount + n] ?? 0;
    placement.moves += tables.moveCount[u * nodeCount + n] ?? 0;
    for (let i = needs.start[u] ?? 0; i < (needs.start[u + 1] ?? 0); i++) {
      const cell = (needs.values[i] ?? 0) * nodeCount + n;
      used[cell] = (used[cell] ?? 0) + (needAmounts[i] ?? 0);
    }
    for (let i = apart.start[u] ?? 0; i < (apart.start[u + 1] ?? 0); i++) {
      const cell = (apart.values[i] ?? 0) * nodeCount + n;
      crowd[cell] = (crowd[cell] ?? 0) + (apartMembers[i] ?? 0);
    }
  }
  placement.over = overOf(placement);
  placement.soft = softOf(placement);
  settleLoads(placement);
};

/** Keeps the list of units that are not at home. */
export const noteAway = (placement: Placement, unit: number, node: number): void => {
  const { away, awayIndex, tables } = placement;
  const index = awayIndex[unit] ?? -1;
  const isAway = node !== (tables.homes[unit] ?? -1);
  if (isAway === index >= 0) return;
  if (isAway) {
    awayIndex[unit] = placement.awayCount;
    away[placement.awayCount++] = unit;
    return;
  }
  const last = away[--placement.awayCount] ?? 0;
  away[index] = last;
  awayIndex[last] = index;
  awayIndex[unit] = -1;
};

const overOf = ({ tables, used, crowd }: Placement): number => {
  const { limits, overScale, nodeCount, apartHard } = tables;
  let over = 0;
  for (const [cell, amount] of used.entries())
    over += Math.max(0, amount - (limits[cell] ?? 0)) * (overScale[Math.floor(cell / nodeCount)] ?? 1);
  for (const [cell, members] of crowd.entries())
    if (apartHard[Math.floor(cell / nodeCount)] === 1) over += Math.max(0, members - 1);
  return over;
};

const softOf = ({ tables, at, crowd }: Placement): number => {
  const { nodeCount, apartHard, nearMembers } = tables;
  let soft = 0;
  for (const [cell, members] of crowd.entries())
    if (apartHard[Math.floor(cell / nodeCount)] === 0 && members > 1) soft += 1;
  for (const members of nearMembers) soft += brokenNear(members, at);
  return soft;
};

/** Soft affinity: two for each member away from the first. */
export const brokenNear = (members: Int32Array, at: Int32Array): number => {
  const first = at[members[0] ?? 0];
  let broken = 0;
  for (let i = 1; i < members.length; i++) if (at[members[i] ?? 0] !== first) broken += 2;
  return broken;
};

const settleLoads = (placement: Placement): void => {
  const { tables, at, amount, load } = placement;
  const { unitCount, nodeCount, termCount, footprints, bases, capacities } = tables;
  amount.set(bases);
  for (let t = 0; t < termCount; t++) {
    for (let u = 0; u < unitCount; u++) {
      const cell = t * nodeCount + (at[u] ?? 0);
      amount[cell] = (amount[cell] ?? 0) + (footprints[t * unitCount + u] ?? 0);
    }
  }
  for (const [cell, total] of amount.entries()) load[cell] = total / (capacities[cell] ?? 1);
  for (let t = 0; t < termCount; t++) smooth(placement, t, placement.smoothing[t] ?? 1);
};

/** Beyond this many times the smoothing between highest and lowest load, numbers would overflow. */
const widest = 400;

/** Sets how smooth a term's unevenness is looked at; wider where the loads are too far apart for it. */
export const smooth = (placement: Placement, term: number, width: number): void => {
  const { tables, load, peak, smoothing, middle } = placement;
  const { nodeCount, counted } = tables;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let cell = term * nodeCount; cell < (term + 1) * nodeCount; cell++) {
    if (counted[cell] !== 1) continue;
    low = Math.min(low, load[cell] ?? 0);
    high = Math.max(high, load[cell] ?? 0);
  }
  smoothing[term] = Math.max(width, (high - low) / widest, 1e-9);
  middle[term] = (low + high) / 2;
  for (let cell = term * nodeCount; cell < (term + 1) * nodeCount; cell++)
    peak[cell] = counted[cell] === 1 ? peakOf(((load[cell] ?? 0) - (middle[term] ?? 0)) / (smoothing[term] ?? 1)) : 0;
  sumLoads(placement, term);
};

/** Never 0, which stands for a node that does not count, and never too large to be added up and multiplied. */
export const peakOf = (height: number): number => Math.exp(Math.min(300, Math.max(-300, height)));

export const sumLoads = ({ tables, load, peak, highs, lows }: Placement, term: number): void => {
  const { nodeCount, counted, deviation } = tables;
  let [high, low] = [0, 0];
  for (let cell = term * nodeCount; cell < (term + 1) * nodeCount; cell++) {
    if (counted[cell] !== 1) continue;
    const each = deviation ? (load[cell] ?? 0) : (peak[cell] ?? 0);
    high += each;
    low += deviation ? each * each : 1 / each;
  }
  highs[term] = high;
  lows[term] = low;
};
