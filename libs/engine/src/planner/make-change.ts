import type { Change } from './change.ts';
import { noteAway, type Placement, peakOf, sumLoads } from './placement.ts';

/** Carries a weighed change out. */
export const make = (placement: Placement, unit: number, to: number, other: number, change: Change): void => {
  const from = placement.at[unit] ?? 0;
  placement.over += change.over;
  placement.cost += change.cost;
  placement.moves += change.moves;
  placement.soft += change.soft;
  shift(placement, unit, from, to);
  if (other >= 0) shift(placement, other, to, from);
  for (let t = 0; t < placement.tables.termCount; t++) sumLoads(placement, t);
};

const shift = (placement: Placement, unit: number, from: number, to: number): void => {
  const { tables, at, used, crowd } = placement;
  const { needs, needAmounts, apart, apartMembers, nodeCount } = tables;
  at[unit] = to;
  noteAway(placement, unit, to);
  for (let i = needs.start[unit] ?? 0; i < (needs.start[unit + 1] ?? 0); i++) {
    const row = (needs.values[i] ?? 0) * nodeCount;
    used[row + from] = (used[row + from] ?? 0) - (needAmounts[i] ?? 0);
    used[row + to] = (used[row + to] ?? 0) + (needAmounts[i] ?? 0);
  }
  for (let i = apart.start[unit] ?? 0; i < (apart.start[unit + 1] ?? 0); i++) {
    const row = (apart.values[i] ?? 0) * nodeCount;
    crowd[row + from] = (crowd[row + from] ?? 0) - (apartMembers[i] ?? 0);
    crowd[row + to] = (crowd[row + to] ?? 0) + (apartMembers[i] ?? 0);
  }
  shiftLoads(placement, unit, from, to);
};

const shiftLoads = (placement: Placement, unit: number, from: number, to: number): void => {
  const { tables, amount, load, peak, smoothing, middle } = placement;
  const { termCount, unitCount, nodeCount, footprints, capacities } = tables;
  for (let t = 0; t < termCount; t++) {
    const footprint = footprints[t * unitCount + unit] ?? 0;
    if (footprint === 0) continue;
    const [here, there] = [t * nodeCount + from, t * nodeCount + to];
    amount[here] = (amount[here] ?? 0) - footprint;
    amount[there] = (amount[there] ?? 0) + footprint;
    load[here] = (amount[here] ?? 0) / (capacities[here] ?? 1);
    load[there] = (amount[there] ?? 0) / (capacities[there] ?? 1);
    const [wide, mid] = [smoothing[t] ?? 1, middle[t] ?? 0];
    if (peak[here] !== 0) peak[here] = peakOf(((load[here] ?? 0) - mid) / wide);
    if (peak[there] !== 0) peak[there] = peakOf(((load[there] ?? 0) - mid) / wide);
  }
};

/** Takes a change back: `unit` returns to where it was. */
export const unmake = (placement: Placement, unit: number, to: number, change: Change): void => {
  for (const part of ['over', 'cost', 'moves', 'soft', 'uneven'] as const) change[part] = -change[part];
  make(placement, unit, to, -1, change);
};
