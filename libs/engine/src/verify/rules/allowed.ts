import type { PlacementGuest, PlacementProblem } from '../../placement/model.ts';
import type { Broken, Violation } from '../certificate.ts';
import { guestOf, nodeOf, type PlanRule, type RunningMove } from '../rule.ts';
import { listed } from '../words.ts';

/** A guest with a list of nodes goes to those alone. One that stands outside its list may make a stopover on another node outside it. */
export const allowed: PlanRule = {
  name: 'allowed',
  summary: 'Guests with a list of nodes move to those only and end there; who is outside it may stop over outside it',
  kinds: ['not-allowed', 'final-allowed'],
  during: ({ problem, step, moves }) =>
    moves.flatMap((move): Violation[] => {
      const guest = guestOf(problem, move.guest);
      if (admits(guest, move.to) || isTolerated(guest, move)) return [];
      const node = nodeOf(problem, move.to).id;
      const message = `step ${step}: ${guest.id} would go to ${node}, and it may run on ${namesOf(problem, guest)} only`;
      return [{ kind: 'not-allowed', step, guest: guest.id, node, message }];
    }),
  atRest: ({ problem, at }) =>
    at.flatMap((i, index): Broken[] => {
      const guest = guestOf(problem, index);
      if (admits(guest, i)) return [];
      const node = nodeOf(problem, i).id;
      const message = `${guest.id} is on ${node}, and it may run on ${namesOf(problem, guest)} only`;
      return [{ kind: 'final-allowed', guest: guest.id, node, excess: 1, message }];
    }),
};

const admits = ({ allowed }: PlacementGuest, node: number): boolean => allowed === null || allowed.includes(node);

const isTolerated = (guest: PlacementGuest, { from, hop }: RunningMove): boolean => hop && !admits(guest, from);

const namesOf = (problem: PlacementProblem, { allowed }: PlacementGuest): string =>
  allowed?.length ? listed(allowed.map((node) => nodeOf(problem, node).id)) : 'no node of this cluster';
