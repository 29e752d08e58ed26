import type { Node, ScoreDetails } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import type { Load } from '../load.ts';
import { moveGuest } from '../state/cluster-state.ts';
import { targetScore } from '../target-score.ts';
import type { Problem } from './problem.ts';
import { endAs, type Offer } from './score.ts';

/** An end of a move just before it was made; `guests` run there. */
export type End = { node: Node; load: Load; guests: number; details: ScoreDetails };

/** A chosen move with everything that spoke for it at that moment. */
export type ChosenMove = Omit<Offer, 'target'> & { source: End; target: End; after: { source: Load; target: Load } };

/** Make a move: the state changes on both ends, and what led to it is kept. */
export const makeMove = ({ placed, target, ...offer }: Offer, problem: Problem): ChosenMove => {
  const { source } = placed;
  const ends = { source: endOf(placed, source, false, problem), target: endOf(placed, target, true, problem) };
  moveGuest(problem.state, placed.guest, source, target);
  return { placed, ...offer, ...ends, after: { source: source.load, target: target.load } };
};

const endOf = (placed: Placed, end: Offer['target'], adding: boolean, problem: Problem): End => {
  const { details } = targetScore({ ...endAs(placed, end, problem), adding });
  return { node: end.node, load: end.load, guests: end.disk.guests, details };
};
