import type { Dice } from './dice.ts';
import type { Placement } from './placement.ts';
import type { Tables } from './tables.ts';

/**
 * `unit` goes to node `to`, and `other`, unless it is -1, comes from there in exchange. Before that `first`, unless it is -1,
 * goes to `firstTo`.
 */
export type Proposal = { unit: number; to: number; other: number; first: number; firstTo: number };

export const noProposal = (): Proposal => ({ unit: 0, to: 0, other: -1, first: -1, firstTo: -1 });

/** Shares of the kinds of changes: moves, trades, one for two; the rest are returns home. */
const moveShare = 0.3;
const tradeShare = 0.3;
const twoShare = 0.3;

export type Taste = {
  /** Of all trades, the share between units of any size rather than similar ones */
  readonly wild: number;
  /** Whether two may trade places with one: no use where few may move */
  readonly twos: boolean;
};

const withoutTwos = (kind: number): number => {
  const share = kind * (1 - twoShare);
  return share < moveShare + tradeShare ? share : share + twoShare;
};

/** Thinks of a change: a move, a trade with a unit of similar or of any size or with two, a return home. False: that was none. */
export const propose = (placement: Placement, dice: Dice, { wild, twos }: Taste, proposal: Proposal): boolean => {
  const { tables, at } = placement;
  const kind = twos ? dice() : withoutTwos(dice());
  const returns = kind >= moveShare + tradeShare + twoShare;
  const unit = returns ? someAway(placement, dice) : Math.floor(dice() * tables.unitCount);
  const from = at[unit] ?? 0;
  proposal.unit = unit;
  proposal.other = -1;
  proposal.first = -1;
  if (kind < moveShare) {
    const domain = tables.domains[unit] ?? nowhere;
    proposal.to = domain[Math.floor(dice() * domain.length)] ?? from;
  } else if (kind < moveShare + tradeShare) {
    proposal.other = dice() < wild ? Math.floor(dice() * tables.unitCount) : similar(tables, unit, dice);
    proposal.to = at[proposal.other] ?? from;
    if (!mayBe(tables, proposal.other, from)) return false;
  } else if (!returns) {
    if (!proposeTwo(placement, dice, proposal)) return false;
  } else {
    proposal.to = tables.homes[unit] ?? from;
  }
  return proposal.to >= 0 && proposal.to !== from && mayBe(tables, unit, proposal.to);
};

const mayBe = ({ may, nodeCount }: Tables, unit: number, node: number): boolean => may[unit * nodeCount + node] === 1;

/** How many of about the right size are looked at for the second of two. */
const looks = 40;

/** Two smaller ones from one node for a large one. */
const proposeTwo = ({ tables, at }: Placement, dice: Dice, proposal: Proposal): boolean => {
  const { unitCount, termCount, footprints, ranked } = tables;
  const first = Math.floor(dice() * unitCount);
  const [from, to] = [at[proposal.unit] ?? 0, at[first] ?? 0];
  const row = termCount > 1 ? Math.floor(dice() * termCount) * unitCount : 0;
  const left = (footprints[row + proposal.unit] ?? 0) - (footprints[row + first] ?? 0);
  if (termCount === 0 || left < 0 || from === to || !mayBe(tables, first, from)) return false;
  const middle = rankOf(tables, row, left) - (looks >> 1) + Math.floor(dice() * looks * 0.5);
  for (let rank = Math.max(0, middle); rank < Math.min(unitCount, middle + looks); rank++) {
    const other = ranked[row + rank] ?? 0;
    if (at[other] !== to || other === first || !mayBe(tables, other, from)) continue;
    proposal.to = to;
    proposal.other = other;
    proposal.first = first;
    proposal.firstTo = from;
    return true;
  }
  return false;
};

/** The place that a footprint would have among all. */
const rankOf = ({ unitCount, footprints, ranked }: Tables, row: number, footprint: number): number => {
  let [low, high] = [0, unitCount];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((footprints[row + (ranked[row + middle] ?? 0)] ?? 0) < footprint) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** For when no more guests may move: one that moved goes elsewhere, or one from its home takes its place. */
export const proposeInstead = (placement: Placement, dice: Dice, proposal: Proposal): boolean => {
  const { tables, at } = placement;
  const unit = someAway(placement, dice);
  const home = tables.homes[unit] ?? -1;
  proposal.unit = unit;
  proposal.other = -1;
  proposal.first = -1;
  if (dice() < 0.4 || home < 0) {
    const domain = tables.domains[unit] ?? nowhere;
    proposal.to = domain[Math.floor(dice() * domain.length)] ?? -1;
  } else {
    proposal.other = Math.floor(dice() * tables.unitCount);
    proposal.to = home;
    if (at[proposal.other] !== home || tables.may[proposal.other * tables.nodeCount + (at[unit] ?? 0)] !== 1)
      return false;
  }
  return proposal.to >= 0 && proposal.to !== at[unit] && mayBe(tables, unit, proposal.to);
};

/** One of the units that are not at home; of all, where none is away. */
const someAway = ({ away, awayCount }: Placement, dice: Dice): number =>
  awayCount > 0 ? (away[Math.floor(dice() * awayCount)] ?? 0) : 0;

const nowhere = new Int32Array(0);

/** A unit of about the same size in one of the loads; the more similar, the likelier. */
const similar = ({ ranks, ranked, termCount, unitCount }: Tables, unit: number, dice: Dice): number => {
  const first = termCount > 1 ? Math.floor(dice() * termCount) * unitCount : 0;
  const far = Math.ceil(dice() ** 3 * unitCount * 0.5);
  const rank = (ranks[first + unit] ?? 0) + (dice() < 0.5 ? far : -far);
  return ranked[first + Math.min(unitCount - 1, Math.max(0, rank))] ?? unit;
};

/** Before a change that would move one guest too many, one that moved goes home. False: none can. */
export const proposeReturn = (placement: Placement, dice: Dice, proposal: Proposal): boolean => {
  const { tables, at } = placement;
  const unit = someAway(placement, dice);
  const home = tables.homes[unit] ?? -1;
  if (unit === proposal.unit || unit === proposal.other || home < 0 || home === at[unit]) return false;
  proposal.first = unit;
  proposal.firstTo = home;
  return mayBe(tables, unit, home);
};
