import type { Violation } from '../certificate.ts';
import { guestOf, nodeOf, type PlanRule } from '../rule.ts';

/** Guests that are pinned or left alone by the operator stay where they are. */
export const fixed: PlanRule = {
  name: 'fixed',
  summary: 'Guests that are pinned, and guests the operator wants left alone, stay where they are',
  kinds: ['pinned-moved', 'ignored-moved'],
  during: ({ problem, step, moves }) =>
    moves.flatMap(({ guest, to }): Violation[] => {
      const { id, fixed } = guestOf(problem, guest);
      if (fixed === null) return [];
      const [kind, why] = reasons[fixed];
      const node = nodeOf(problem, to).id;
      return [{ kind, step, guest: id, node, message: `step ${step}: ${id} would go to ${node}, but ${why}` }];
    }),
};

const reasons = {
  ignored: ['ignored-moved', 'it is to be left alone'],
  pinned: ['pinned-moved', 'it is pinned'],
} as const;
