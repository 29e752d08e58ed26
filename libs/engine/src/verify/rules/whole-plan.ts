import type { Violation } from '../certificate.ts';
import { guestOf, type PlanRule } from '../rule.ts';

/** The plan has no more moves than the policy lets, stopovers included. */
export const maxMoves: PlanRule = {
  name: 'max-moves',
  summary: 'Moves of the whole plan, stopovers included',
  kinds: ['max-moves'],
  overall: ({ problem, moves: { length: used } }) => {
    const limit = problem.policy.maxMoves;
    if (limit === null || used <= limit) return [];
    return [
      {
        kind: 'max-moves',
        step: 0,
        used,
        limit,
        message: `the plan has ${used} moves, and ${limit} are wanted at most`,
      },
    ];
  },
};

/** Who stops over moves on. */
export const hopLeft: PlanRule = {
  name: 'hop-left',
  summary: 'A stopover is followed by another move of the same guest',
  kinds: ['hop-left'],
  overall: ({ problem, steps, moves }) => {
    const last = new Map(moves.map((move) => [move.guest, move]));
    return [...last.values()].flatMap(({ guest, hop }): Violation[] => {
      if (!hop) return [];
      const { id } = guestOf(problem, guest);
      return [{ kind: 'hop-left', step: steps, guest: id, message: `${id} stops over and never moves on` }];
    });
  },
};
