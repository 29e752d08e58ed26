import type { DistributionBalancing, Guest } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { isAllowed } from '../filters/target/registry.ts';
import { byName } from '../state/cluster-state.ts';
import { effortCost } from '../state/cost.ts';
import type { NodeState } from '../state/node-state.ts';
import { wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { type Offer, offerTo, weigh } from './score.ts';

/**
 * Even out how many guests run on each node that takes guests, with small ones: from the fullest to the emptiest, one at a time,
 * the counts worked out anew after each. Every move passes the gates of all others, makes no node busy, and leaves the cluster
 * better than it was.
 */
export const distribute = (
  problem: Problem,
  guests: readonly Placed[],
  wanted: DistributionBalancing | undefined,
): ChosenMove[] => {
  const moves: ChosenMove[] = [];
  if (!wanted?.enabled) return moves;
  const small = guests.filter(({ guest }) => guest.status === 'running' && isSmall(guest, wanted));
  const gone = new Set<Placed>();
  for (;;) {
    const staying = small.filter((placed) => !gone.has(placed));
    const offer = nextOffer(problem, staying, Math.max(2, wanted.guest_count_threshold));
    if (!offer) return moves;
    gone.add(offer.placed);
    moves.push(makeMove(offer, problem));
  }
};

const isSmall = (guest: Guest, { max_cpu_cores: cores, max_memory_gb: memory }: DistributionBalancing): boolean =>
  (cores === 0 || guest.cpu_cores <= cores) && (memory === 0 || guest.mem_max_gb <= memory);

/** The worthiest move between the fullest and the emptiest nodes that there are such moves for; null: even enough. */
const nextOffer = (problem: Problem, guests: readonly Placed[], least: number): Offer | null => {
  const emptiest = problem.state.targets.toSorted((a, b) => running(a) - running(b) || byName(a, b));
  const bySource = Map.groupBy(guests, ({ source }) => source);
  const fullest = [...bySource.keys()]
    .filter((node) => node.unusable === null)
    .sort((a, b) => running(b) - running(a) || byName(a, b));
  for (const source of fullest) {
    for (const target of emptiest) {
      if (running(source) - running(target) < least) break;
      const offer = worthiest(bySource.get(source) ?? [], target, problem);
      if (offer) return offer;
    }
  }
  return null;
};

const worthiest = (guests: readonly Placed[], target: NodeState, problem: Problem): Offer | null => {
  let best: { placed: Placed; saved: number } | null = null;
  for (const placed of guests) {
    const saved = savedBy(placed, target, problem);
    if (saved <= (best?.saved ?? 0)) continue;
    if (!wouldBeBusy(placed.guest, target, problem) && isAllowed(placed, target, problem)) best = { placed, saved };
  }
  return best && offerTo(best.placed, target, 'distribution', problem);
};

/** What the cluster saves, the effort left out: even numbers were asked for, and are worth it. 0: nothing, or it must not be. */
const savedBy = (placed: Placed, target: NodeState, problem: Problem): number => {
  const worth = weigh(placed, problem)(target);
  return worth === null ? 0 : worth + effortCost(placed.guest);
};

const running = (node: NodeState): number => node.disk.guests;
