import type { Placed } from '../filters/filter.ts';
import { memoryClaim } from '../filters/target/memory.ts';
import type { NodeState } from '../state/node-state.ts';
import { wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { bestOffer } from './score.ts';

/**
 * Empty the nodes in maintenance: the guests that need most memory first, as they fit in the fewest places, each to the best
 * node that takes it: one with a guest of its affinity group if there is any, else one that stays below its thresholds if there
 * is any. Nothing is left behind for a poor score.
 */
export const evacuate = (problem: Problem, guests: readonly Placed[]): ChosenMove[] => {
  const moves: ChosenMove[] = [];
  for (const placed of guests.filter(({ source }) => source.maintenance).sort(largestFirst)) {
    const offer =
      bestOffer(placed, problem, (target) => problem.respectAffinity && hasCompanion(placed, target)) ??
      bestOffer(placed, problem, (target) => !wouldBeBusy(placed.guest, target, problem)) ??
      bestOffer(placed, problem);
    if (offer) moves.push(makeMove(offer, problem));
  }
  return moves;
};

const hasCompanion = ({ guest }: Placed, target: NodeState): boolean =>
  guest.tags?.affinity_groups.some((group) => (target.tags.get(group) ?? 0) > 0) ?? false;

const largestFirst = ({ guest: a }: Placed, { guest: b }: Placed): number =>
  memoryClaim(b) - memoryClaim(a) || a.vmid - b.vmid;
