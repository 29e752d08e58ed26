import type { Guest, SkippedGuest } from '@proxbalance/contracts';
import type { Placed, Refusal } from '../filters/filter.ts';
import { atEase } from '../filters/guest/registry.ts';
import { objection } from '../filters/target/registry.ts';
import { roundTo } from '../numbers.ts';
import type { Problem } from './problem.ts';
import { bestOffer, type Offer, weigh } from './score.ts';
import type { Halt } from './summary.ts';

/** A guest that a filter keeps where it is. */
export const refusedGuest = (guest: Guest, refused: Refusal): SkippedGuest => ({
  vmid: guest.vmid,
  name: guest.name,
  type: guest.type,
  node: guest.node,
  ...refused,
});

/** A guest on a node that is not in the snapshot. */
export const strayGuest = (guest: Guest): SkippedGuest =>
  refusedGuest(guest, { reason: 'unknown_state', detail: `Nothing is known about its node ${guest.node}` });

/** Why a guest that may move stays, judged in the cluster as it is after all recommended moves. */
export const explainStay = (placed: Placed, problem: Problem, halt: Halt | null): SkippedGuest => {
  const { guest } = placed;
  if (halt?.binding) return refusedGuest(guest, { reason: 'unknown_state', detail: halt.message });
  const eased = atEase(placed, problem);
  if (eased) return refusedGuest(guest, eased);
  const offer = bestOffer(placed, problem);
  if (!offer) return refusedGuest(guest, { reason: 'no_suitable_target', detail: objections(placed, problem) });
  return {
    ...refusedGuest(guest, { reason: 'insufficient_improvement', detail: tooLittle(offer, problem) }),
    ...scores(offer),
  };
};

const scores = ({ target, improvement, sourceScore, targetScore }: Offer): Partial<SkippedGuest> => ({
  best_target: target.name,
  score_improvement: roundTo(improvement, 1),
  current_score: roundTo(sourceScore, 1),
  best_target_score: roundTo(targetScore, 1),
});

const tooLittle = (offer: Offer, problem: Problem): string => {
  const { min_score_improvement: min } = problem.config;
  const { name } = offer.target;
  if (offer.improvement < min)
    return `${name} would be ${offer.improvement.toFixed(1)} points better, ${min} are wanted`;
  const gain = weigh(offer.placed, problem)(offer.target);
  if (gain === null) return `${name} would end hotter than ${offer.placed.source.name} is now`;
  return gain > 0
    ? 'The cluster is close enough to balance'
    : `The cluster as a whole would gain less from ${name} than the move costs`;
};

/** The first three objections; one node's word is enough where many say the same. */
const objections = (placed: Placed, problem: Problem): string => {
  const others = problem.state.nodes.filter((node) => node !== placed.source);
  if (others.length === 0) return 'There is no other node';
  const said = others.map((node) => `${node.name}: ${objection(placed, node, problem) ?? 'would do'}`);
  return said.slice(0, 3).join('; ') + (said.length > 3 ? `; and ${said.length - 3} more` : '');
};
