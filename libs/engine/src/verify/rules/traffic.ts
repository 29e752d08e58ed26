import type { Violation } from '../certificate.ts';
import { nodeOf, type PlanRule, type RunningMove, type RunningStep } from '../rule.ts';

/** No more moves arrive at one node in a step than the policy lets. */
export const inflow: PlanRule = {
  name: 'inflow',
  summary: 'Moves that arrive at one node within one step',
  kinds: ['inflow'],
  during: (running) => {
    const limit = running.problem.policy.maxNodeInflow;
    if (limit === null) return [];
    return [...Map.groupBy(journeys(running), ({ to }) => to)].flatMap(([to, { length }]): Violation[] => {
      if (length <= limit) return [];
      const node = nodeOf(running.problem, to).id;
      const message = `step ${running.step}: ${length} moves arrive at ${node} at once, and ${limit} may`;
      return [{ kind: 'inflow', step: running.step, node, used: length, limit, message }];
    });
  },
};

/** No more moves run in a step than the policy lets. */
export const parallel: PlanRule = {
  name: 'parallel',
  summary: 'Moves within one step',
  kinds: ['parallel'],
  during: (running) => {
    const limit = running.problem.policy.maxParallel;
    const used = journeys(running).length;
    if (limit === null || used <= limit) return [];
    const message = `step ${running.step}: ${used} moves run at once, and ${limit} may`;
    return [{ kind: 'parallel', step: running.step, used, limit, message }];
  },
};

/** Members of a group that travel from the same node to the same node are one move. */
const journeys = ({ moves, groups }: RunningStep): RunningMove[] => {
  const seen = new Set<string>();
  return moves.filter(({ guest, from, to }) => {
    const group = groups.of[guest];
    if (group == null) return true;
    const journey = `${group} ${from} ${to}`;
    if (seen.has(journey)) return false;
    seen.add(journey);
    return true;
  });
};
