import type { Dice } from './dice.ts';
import type { Placement } from './placement.ts';
import type { Tables } from './tables.ts';

/** `unit` goes to node `to`, and `other`, unless it is -1, comes from there in exchange. */
export type Proposal = { unit: number; to: number; other: number };

/** Thinks of a change: a move, a trade with a unit of similar or of any size, a return home. False: that was none. */
export const propose = (placement: Placement, dice: Dice, wild: number, full: boolean, proposal: Proposal): boolean => {
  const { tables, at } = placement;
  if (full && dice() < insteadShare) return proposeInstead(placement, dice, proposal);
  const kind = dice();
  const unit = kind < 0.9 ? Math.floor(dice() * tables.unitCount) : someAway(placement, dice);
  const from = at[unit] ?? 0;
  proposal.unit = unit;
  proposal.other = -1;
  if (kind < 0.45) {
    const domain = tables.domains[unit] ?? nowhere;
    proposal.to = domain[Math.floor(dice() * domain.length)] ?? from;
  } else if (kind < 0.9) {
    proposal.other = dice() < wild ? Math.floor(dice() * tables.unitCount) : similar(tables, unit, dice);
    proposal.to = at[proposal.other] ?? from;
    if (tables.may[proposal.other * tables.nodeCount + from] !== 1) return false;
  } else {
    proposal.to = tables.homes[unit] ?? from;
  }
  return proposal.to >= 0 && proposal.to !== from && tables.may[unit * tables.nodeCount + proposal.to] === 1;
};

/** Where no more guests may move, the share of changes that leave their number as it is. */
const insteadShare = 0.8;

/** One that moved goes elsewhere, or one from its home takes its place. */
const proposeInstead = (placement: Placement, dice: Dice, proposal: Proposal): boolean => {
  const { tables, at } = placement;
  const unit = someAway(placement, dice);
  const home = tables.homes[unit] ?? -1;
  proposal.unit = unit;
  proposal.other = -1;
  if (dice() < 0.4 || home < 0) {
    const domain = tables.domains[unit] ?? nowhere;
    proposal.to = domain[Math.floor(dice() * domain.length)] ?? -1;
  } else {
    proposal.other = Math.floor(dice() * tables.unitCount);
    proposal.to = home;
    if (at[proposal.other] !== home || tables.may[proposal.other * tables.nodeCount + (at[unit] ?? 0)] !== 1)
      return false;
  }
  return proposal.to >= 0 && proposal.to !== at[unit] && tables.may[unit * tables.nodeCount + proposal.to] === 1;
};

/** One of the units that are not at home; of all, where none is away. */
export const someAway = ({ away, awayCount }: Placement, dice: Dice): number =>
  awayCount > 0 ? (away[Math.floor(dice() * awayCount)] ?? 0) : 0;

const nowhere = new Int32Array(0);

/** A unit of about the same size in one of the loads; the more similar, the likelier. */
const similar = ({ ranks, ranked, termCount, unitCount }: Tables, unit: number, dice: Dice): number => {
  const first = termCount > 1 ? Math.floor(dice() * termCount) * unitCount : 0;
  const far = Math.ceil(dice() ** 3 * unitCount * 0.5);
  const rank = (ranks[first + unit] ?? 0) + (dice() < 0.5 ? far : -far);
  return ranked[first + Math.min(unitCount - 1, Math.max(0, rank))] ?? unit;
};
