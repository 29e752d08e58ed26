import type { Placed } from '../filters/filter.ts';
import { atEase } from '../filters/guest/registry.ts';
import { memory } from '../filters/target/memory.ts';
import { isAllowed } from '../filters/target/registry.ts';
import type { Weigh } from '../state/cost.ts';
import type { NodeState } from '../state/node-state.ts';
import { isConverged, wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { BestFirst } from './queue.ts';
import { bestOffer, cannotBeat, type Offer, offerFor, weigh } from './score.ts';

/** The stage that decides which moves are made: it makes them on the problem's state, in the order it returns them. */
export type ChooseMoves = (problem: Problem, guests: readonly Placed[]) => ChosenMove[];

/** An offer, the state it was made in, and whether the lowest score decided: its target is the best of those that stay calm. */
type Judged = { offer: Offer; version: number; byScore: boolean };

/**
 * The best move of the whole cluster first, until no node needs relief or no move is worth it. A guest moves once at most.
 * Offers are judged again before they are taken, so each move is weighed against the cluster the moves before it left.
 */
export const chooseMoves: ChooseMoves = (problem, guests) => {
  const moves: ChosenMove[] = [];
  let staying = guests.filter(({ source }) => !source.maintenance);
  for (;;) {
    const made = onePass(problem, staying);
    if (made.length === 0) return moves;
    moves.push(...made);
    const gone = new Set(made.map(({ placed }) => placed));
    staying = staying.filter((placed) => !gone.has(placed));
  }
};

const onePass = (problem: Problem, guests: readonly Placed[]): ChosenMove[] => {
  const moves: ChosenMove[] = [];
  if (isConverged(problem)) return moves;
  const queue = new BestFirst<Judged>((a, b) => better(a.offer, b.offer) < 0);
  for (const placed of guests) {
    const judged = judge(placed, problem);
    if (judged) queue.put(judged);
  }
  for (let next = queue.take(); next; next = queue.take()) {
    if (holds(next, problem)) {
      moves.push(makeMove(next.offer, problem));
      if (isConverged(problem)) return moves;
      continue;
    }
    const again = judge(next.offer.placed, problem);
    if (again) queue.put(again);
  }
  return moves;
};

/** Whether judging the guest again would give the same offer: both ends are as they were, and no node that changed can be better. */
const holds = ({ offer, version, byScore }: Judged, { state }: Problem): boolean => {
  if (version === state.version) return true;
  const { placed, target, targetScore } = offer;
  if (!byScore || placed.source.changedAt > version || target.changedAt > version) return false;
  return state.targets.every((node) => node.changedAt <= version || cannotBeat(targetScore, placed.guest, node));
};

/**
 * The best move of a guest that its node needs and that the cluster gains from; null when there is none. A node that would
 * have to give guests away itself afterwards is taken only where no other will do, and then by what it is worth: a second move could not better it.
 */
const judge = (placed: Placed, problem: Problem): Judged | null => {
  if (atEase(placed, problem)) return null;
  const worth = weigh(placed, problem);
  const staysCalm = (target: NodeState) => !wouldBeBusy(placed.guest, target, problem) && (worth(target) ?? 0) > 0;
  const calm = bestOffer(placed, problem, staysCalm);
  const offer = calm ?? worthiestOffer(placed, problem, worth);
  if (!offer || offer.improvement < problem.config.min_score_improvement) return null;
  return { offer, version: problem.state.version, byScore: calm !== null };
};

const worthiestOffer = (placed: Placed, problem: Problem, worth: Weigh): Offer | null => {
  let best: { target: NodeState; worth: number } | null = null;
  for (const target of problem.state.targets) {
    // Asked first, as it costs next to nothing and is what most nodes of a full cluster fail by.
    if (!memory.admits(placed, target, problem)) continue;
    const gain = worth(target) ?? 0;
    if (gain > (best?.worth ?? 0) && isAllowed(placed, target, problem)) best = { target, worth: gain };
  }
  return best && offerFor(placed, best.target, problem);
};

/** Order of offers, the better first: relief of disks, then worth to the cluster, then points, then the lower vmid. */
const better = (a: Offer, b: Offer): number =>
  Number(b.trigger === 'iowait') - Number(a.trigger === 'iowait') ||
  b.worth - a.worth ||
  b.improvement - a.improvement ||
  a.placed.guest.vmid - b.placed.guest.vmid;
