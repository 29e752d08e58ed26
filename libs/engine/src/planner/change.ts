import { brokenNear, type Placement, peakOf } from './placement.ts';
import type { Tables } from './tables.ts';

/** How much a change would add to each part of what is to be small. */
export type Change = {
  over: number;
  cost: number;
  moves: number;
  soft: number;
  uneven: number;
};

export const noChange = (): Change => ({ over: 0, cost: 0, moves: 0, soft: 0, uneven: 0 });

/** What it would add that `unit` goes to node `to`, and that `other`, unless it is -1, comes from there in exchange. */
export const weigh = (placement: Placement, unit: number, to: number, other: number, change: Change): void => {
  const { tables, at } = placement;
  const from = at[unit] ?? 0;
  const { moveCost, moveCount, nodeCount } = tables;
  const [there, here] = [unit * nodeCount + to, unit * nodeCount + from];
  change.cost = (moveCost[there] ?? 0) - (moveCost[here] ?? 0);
  change.moves = (moveCount[there] ?? 0) - (moveCount[here] ?? 0);
  if (other >= 0) {
    const [otherThere, otherHere] = [other * nodeCount + from, other * nodeCount + to];
    change.cost += (moveCost[otherThere] ?? 0) - (moveCost[otherHere] ?? 0);
    change.moves += (moveCount[otherThere] ?? 0) - (moveCount[otherHere] ?? 0);
  }
  change.soft = 0;
  change.over = weighNeeds(placement, unit, from, to, other);
  weighCrowds(placement, unit, from, to, other, change);
  if (other >= 0) weighCrowds(placement, other, to, from, unit, change);
  weighNear(placement, unit, from, to, other, change);
  change.uneven = weighLoads(placement, unit, from, to, other);
};

const weighNeeds = (placement: Placement, unit: number, from: number, to: number, other: number): number => {
  const { needs, needAmounts } = placement.tables;
  let over = 0;
  for (let i = needs.start[unit] ?? 0; i < (needs.start[unit + 1] ?? 0); i++) {
    const resource = needs.values[i] ?? 0;
    const net = (needAmounts[i] ?? 0) - (other < 0 ? 0 : needOf(placement.tables, other, resource));
    over += overBy(placement, resource, from, -net) + overBy(placement, resource, to, net);
  }
  if (other < 0) return over;
  for (let i = needs.start[other] ?? 0; i < (needs.start[other + 1] ?? 0); i++) {
    const resource = needs.values[i] ?? 0;
    if (needOf(placement.tables, unit, resource) > 0) continue;
    const net = needAmounts[i] ?? 0;
    over += overBy(placement, resource, from, net) + overBy(placement, resource, to, -net);
  }
  return over;
};

const needOf = ({ needs, needAmounts }: Tables, unit: number, resource: number): number => {
  for (let i = needs.start[unit] ?? 0; i < (needs.start[unit + 1] ?? 0); i++)
    if (needs.values[i] === resource) return needAmounts[i] ?? 0;
  return 0;
};

const overBy = ({ tables, used }: Placement, resource: number, node: number, net: number): number => {
  const cell = resource * tables.nodeCount + node;
  const room = (used[cell] ?? 0) - (tables.limits[cell] ?? 0);
  const before = Math.max(0, room);
  const after = Math.max(0, room + net);
  return before === after ? 0 : (after - before) * (tables.overScale[resource] ?? 1);
};

const weighCrowds = (
  { tables, crowd }: Placement,
  unit: number,
  from: number,
  to: number,
  other: number,
  change: Change,
): void => {
  const { apart, apartMembers, apartHard, nodeCount } = tables;
  for (let i = apart.start[unit] ?? 0; i < (apart.start[unit + 1] ?? 0); i++) {
    const rule = apart.values[i] ?? 0;
    // One of the two is asked about both where both are members.
    const exchanged = other < 0 ? 0 : membersIn(tables, other, rule);
    if (exchanged > 0 && other < unit) continue;
    const net = (apartMembers[i] ?? 0) - exchanged;
    const [here, there] = [crowd[rule * nodeCount + from] ?? 0, crowd[rule * nodeCount + to] ?? 0];
    if (apartHard[rule] === 1)
      change.over += tooMany(here - net) - tooMany(here) + tooMany(there + net) - tooMany(there);
    else change.soft += Number(here - net > 1) - Number(here > 1) + Number(there + net > 1) - Number(there > 1);
  }
};

const tooMany = (members: number): number => (members > 1 ? members - 1 : 0);

const membersIn = ({ apart, apartMembers }: Tables, unit: number, rule: number): number => {
  for (let i = apart.start[unit] ?? 0; i < (apart.start[unit + 1] ?? 0); i++)
    if (apart.values[i] === rule) return apartMembers[i] ?? 0;
  return 0;
};

/** Soft affinity is counted before and after: such rules are few and small. */
const weighNear = (
  { tables, at }: Placement,
  unit: number,
  from: number,
  to: number,
  other: number,
  change: Change,
): void => {
  const { near } = tables;
  const touched = (near.start[unit + 1] ?? 0) - (near.start[unit] ?? 0);
  const touchedToo = other < 0 ? 0 : (near.start[other + 1] ?? 0) - (near.start[other] ?? 0);
  if (touched + touchedToo === 0) return;
  const before = brokenAround(tables, at, unit, -1) + (other < 0 ? 0 : brokenAround(tables, at, other, unit));
  at[unit] = to;
  if (other >= 0) at[other] = from;
  change.soft += brokenAround(tables, at, unit, -1) + (other < 0 ? 0 : brokenAround(tables, at, other, unit)) - before;
  at[unit] = from;
  if (other >= 0) at[other] = to;
};

/** Soft affinity broken in the rules of a unit, those that `besides` is in left out. */
const brokenAround = ({ near, nearMembers }: Tables, at: Int32Array, unit: number, besides: number): number => {
  let broken = 0;
  for (let i = near.start[unit] ?? 0; i < (near.start[unit + 1] ?? 0); i++) {
    const members = nearMembers[near.values[i] ?? 0];
    if (members && (besides < 0 || !members.includes(besides))) broken += brokenNear(members, at);
  }
  return broken;
};

const weighLoads = (placement: Placement, unit: number, from: number, to: number, other: number): number =>
  placement.tables.deviation
    ? weighDeviations(placement, unit, from, to, other)
    : weighGaps(placement, unit, from, to, other);

const weighDeviations = (placement: Placement, unit: number, from: number, to: number, other: number): number => {
  const { tables, load, highs, lows } = placement;
  const { termCount, unitCount, nodeCount, footprints, capacities, termWeights, counted, countedNodes } = tables;
  let uneven = 0;
  for (let t = 0; t < termCount; t++) {
    const net = (footprints[t * unitCount + unit] ?? 0) - (other < 0 ? 0 : (footprints[t * unitCount + other] ?? 0));
    let [sum, squares] = [highs[t] ?? 0, lows[t] ?? 0];
    for (const [cell, added] of [
      [t * nodeCount + from, -net],
      [t * nodeCount + to, net],
    ] as const) {
      if (counted[cell] !== 1) continue;
      const [before, more] = [load[cell] ?? 0, added / (capacities[cell] ?? 1)];
      sum += more;
      squares += more * (2 * before + more);
    }
    const count = countedNodes[t] ?? 1;
    uneven += (termWeights[t] ?? 0) * (deviation(sum, squares, count) - deviation(highs[t] ?? 0, lows[t] ?? 0, count));
  }
  return uneven;
};

const deviation = (sum: number, squares: number, count: number): number =>
  Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));

/** Below this share of what left them, sums have lost their digits and are added up again. */
const lostDigits = 1e-6;

const weighGaps = (placement: Placement, unit: number, from: number, to: number, other: number): number => {
  const { tables, load, peak, smoothing, middle, highs, lows } = placement;
  const { termCount, unitCount, nodeCount, footprints, capacities, termWeights } = tables;
  let uneven = 0;
  for (let t = 0; t < termCount; t++) {
    const net = (footprints[t * unitCount + unit] ?? 0) - (other < 0 ? 0 : (footprints[t * unitCount + other] ?? 0));
    if (net === 0) continue;
    const [here, there] = [t * nodeCount + from, t * nodeCount + to];
    const [wide, mid] = [smoothing[t] ?? 1, middle[t] ?? 0];
    const [oldHere, oldThere] = [peak[here] ?? 0, peak[there] ?? 0];
    const newHere = oldHere === 0 ? 0 : peakOf(((load[here] ?? 0) - net / (capacities[here] ?? 1) - mid) / wide);
    const newThere = oldThere === 0 ? 0 : peakOf(((load[there] ?? 0) + net / (capacities[there] ?? 1) - mid) / wide);
    const [high, low] = [highs[t] ?? 1, lows[t] ?? 1];
    let newHigh = high - oldHere - oldThere;
    let newLow = low - inverse(oldHere) - inverse(oldThere);
    if (newHigh < lostDigits * high) newHigh = sumWithout(peak, t * nodeCount, nodeCount, here, there, false);
    if (newLow < lostDigits * low) newLow = sumWithout(peak, t * nodeCount, nodeCount, here, there, true);
    newHigh += newHere + newThere;
    newLow += inverse(newHere) + inverse(newThere);
    uneven += (termWeights[t] ?? 0) * wide * Math.log((newHigh / high) * (newLow / low));
  }
  return uneven;
};

const inverse = (each: number): number => (each === 0 ? 0 : 1 / each);

const sumWithout = (
  peak: Float64Array,
  first: number,
  count: number,
  here: number,
  there: number,
  inverted: boolean,
): number => {
  let sum = 0;
  for (let cell = first; cell < first + count; cell++) {
    const each = peak[cell] ?? 0;
    if (cell !== here && cell !== there && each !== 0) sum += inverted ? 1 / each : each;
  }
  return sum;
};
