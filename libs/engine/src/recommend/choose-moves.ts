import type { Placed } from '../filters/filter.ts';
import { atEase } from '../filters/guest/registry.ts';
import { objection } from '../filters/target/registry.ts';
import type { NodeState } from '../state/node-state.ts';
import { isConverged, wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { bestOffer, type Offer, worth } from './score.ts';

/** The stage that decides which moves are made: it makes them on the problem's state, in the order it returns them. */
export type ChooseMoves = (problem: Problem, guests: readonly Placed[]) => ChosenMove[];

type Judged = { offer: Offer; version: number };

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
  const { state } = problem;
  if (isConverged(problem)) return moves;
  const queue = guests.flatMap((placed) => judge(placed, problem) ?? []).sort((a, b) => -better(a.offer, b.offer));
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (next.version === state.version) {
      moves.push(makeMove(next.offer, problem));
      if (isConverged(problem)) return moves;
      continue;
    }
    const again = judge(next.offer.placed, problem);
    if (again) insert(queue, again);
  }
  return moves;
};

/**
 * The best move of a guest that its node needs and that the cluster gains from; null when there is none. A node that would
 * have to give guests away itself afterwards is taken only where no other will do, and then by what it is worth: a second move could not better it.
 */
const judge = (placed: Placed, problem: Problem): Judged | null => {
  if (atEase(placed, problem)) return null;
  const pays = (target: NodeState) => (worth(placed, target, problem) ?? 0) > 0;
  const staysCalm = (target: NodeState) => !wouldBeBusy(placed.guest, target, problem) && pays(target);
  const offer = bestOffer(placed, problem, staysCalm) ?? worthiestOffer(placed, problem);
  if (!offer || offer.improvement < problem.config.min_score_improvement) return null;
  return { offer, version: problem.state.version };
};

const worthiestOffer = (placed: Placed, problem: Problem): Offer | null => {
  let best: { target: NodeState; worth: number } | null = null;
  for (const target of problem.state.targets) {
    const gain = worth(placed, target, problem) ?? 0;
    if (gain > (best?.worth ?? 0) && objection(placed, target, problem) === null) best = { target, worth: gain };
  }
  return best && bestOffer(placed, problem, (target) => target === best.target);
};

/** Order of offers, the better first: relief of disks, then worth to the cluster, then points, then the lower vmid. */
const better = (a: Offer, b: Offer): number =>
  Number(b.trigger === 'iowait') - Number(a.trigger === 'iowait') ||
  b.worth - a.worth ||
  b.improvement - a.improvement ||
  a.placed.guest.vmid - b.placed.guest.vmid;

/** Put an offer where it belongs in a queue whose best offer is last. */
const insert = (queue: Judged[], one: Judged): void => {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = queue[middle];
    if (there && better(there.offer, one.offer) > 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, one);
};
