import { type Change, noChange, weigh } from './change.ts';
import type { Dice } from './dice.ts';
import { make, unmake } from './make-change.ts';
import { objectiveOf } from './objective.ts';
import { type Placement, smooth } from './placement.ts';
import { noProposal, type Proposal, propose, proposeInstead, proposeReturn, type Taste } from './propose.ts';
import type { Tables } from './tables.ts';

/** The best placement found so far that keeps every rule and limit; its objective is infinite where none is known. */
export type Best = { readonly at: Int32Array; objective: number };

/** From hot to cold, and from looking at the loads from afar to looking closely. */
export type Cooling = Taste & {
  /** Changes to weigh */
  readonly changes: number;
  /** Temperatures, in units of the objective */
  readonly hot: number;
  readonly cold: number;
  /** Smoothing of loads by term, at the beginning and at the end */
  readonly wide: Float64Array;
  readonly narrow: Float64Array;
  /** What a guest of usual size above a limit weighs, at the beginning and at the end */
  readonly lenient: number;
  readonly strict: number;
  /** Guests that may move in all */
  readonly moves: number;
};

/** How far along the search is by the clock, from 0; 1 or more ends it. Asked now and then. */
export type Pace = () => number;

const paceEvery = 1024;
const nothingOver = 1e-9;

/**
 * Simulated annealing: a change for the worse is made the more rarely the colder it is. The loads are smoothed: while it is
 * wide, guests leave crowded nodes in the cheapest way and nobody minds the last bit; the closer one looks, the less is left.
 * Keeps `best` up to date and returns how many changes were weighed.
 */
export const anneal = (placement: Placement, cooling: Cooling, dice: Dice, pace: Pace, best: Best): number => {
  const { tables } = placement;
  const [change, prelude] = [noChange(), noChange()];
  const proposal = noProposal();
  let [temperature, penalty] = [cooling.hot, cooling.lenient];
  for (let done = 0; done < cooling.changes; done++) {
    if (done % paceEvery === 0) {
      const clock = pace();
      if (clock >= 1) return done;
      const along = Math.max(done / cooling.changes, clock);
      temperature = between(cooling.hot, cooling.cold, along);
      penalty = between(cooling.lenient, cooling.strict, along);
      lookCloser(placement, cooling, along);
    }
    if (!think(placement, cooling, dice, proposal)) continue;
    const { first, firstTo } = proposal;
    const whence = placement.at[first] ?? 0;
    let worse = 0;
    if (first >= 0) {
      weigh(placement, first, firstTo, -1, prelude);
      make(placement, first, firstTo, -1, prelude);
      worse = worth(tables, prelude, penalty);
    }
    weigh(placement, proposal.unit, proposal.to, proposal.other, change);
    worse += worth(tables, change, penalty);
    const moves = placement.moves + change.moves;
    const tooMany = moves > cooling.moves && change.moves + (first < 0 ? 0 : prelude.moves) > 0;
    if (tooMany || (worse > 0 && dice() >= Math.exp(-worse / temperature))) {
      if (first >= 0) unmake(placement, first, whence, prelude);
      continue;
    }
    make(placement, proposal.unit, proposal.to, proposal.other, change);
    if (placement.over < nothingOver) keepBest(placement, best);
  }
  return cooling.changes;
};

/** Where no more guests may move, the share of changes that leave their number as it is. */
const insteadShare = 0.8;

const think = (placement: Placement, cooling: Cooling, dice: Dice, proposal: Proposal): boolean => {
  if (placement.moves < cooling.moves) return propose(placement, dice, cooling, proposal);
  if (dice() < insteadShare) return proposeInstead(placement, dice, proposal);
  if (!propose(placement, dice, cooling, proposal)) return false;
  const more = movesMore(placement, proposal);
  if (more <= 0 || placement.moves + more <= cooling.moves) return true;
  return proposal.first < 0 && proposeReturn(placement, dice, proposal);
};

/** Guests that a change would move more, the first part of it aside. */
const movesMore = ({ tables, at }: Placement, { unit, to, other }: Proposal): number => {
  const { moveCount, nodeCount } = tables;
  const from = at[unit] ?? 0;
  const more = (moveCount[unit * nodeCount + to] ?? 0) - (moveCount[unit * nodeCount + from] ?? 0);
  if (other < 0) return more;
  return more + (moveCount[other * nodeCount + from] ?? 0) - (moveCount[other * nodeCount + to] ?? 0);
};

const between = (first: number, last: number, along: number): number => first * (last / first) ** along;

const lookCloser = (placement: Placement, { wide, narrow }: Cooling, along: number): void => {
  if (placement.tables.deviation) return;
  for (const [t, first] of wide.entries()) smooth(placement, t, between(first, narrow[t] ?? first, along));
};

const worth = ({ softWeight }: Tables, { over, cost, soft, uneven }: Change, penalty: number): number =>
  penalty * over + cost + softWeight * soft + uneven;

const keepBest = (placement: Placement, best: Best): void => {
  const objective = objectiveOf(placement);
  if (objective >= best.objective) return;
  best.objective = objective;
  best.at.set(placement.at);
};
