import type { PlacementProblem } from '../placement/model.ts';
import { demandOf, inUnits, resourceOf, roomOf } from './capacity.ts';
import type { Capacity } from './constraint.ts';
import { compactOf } from './oracle/compact.ts';
import type { Missing } from './verdict.ts';

/** By how much the guests that can be nowhere else need more than some nodes have. */
export const missingOf = (problem: PlacementProblem, limits: readonly Capacity[]): Missing[] => {
  const ends = compactOf(problem)?.ends ?? [];
  return [...Map.groupBy(limits, resourceOf).values()].flatMap((group): Missing[] => {
    const [limit] = group;
    if (!limit) return [];
    const within = new Set(group.map(({ node }) => node));
    const confined = ends.flatMap((own, guest) =>
      own.length > 0 && own.every((node) => within.has(node)) ? [guest] : [],
    );
    const wanted = confined.reduce((sum, guest) => sum + demandOf(problem, guest, limit), 0);
    const amount = inUnits(limit, wanted - group.reduce((sum, one) => sum + roomOf(problem, one), 0));
    if (!(amount > 0)) return [];
    const nodes = [...within].map((node) => problem.nodes[node]?.id ?? '');
    if (limit.kind === 'storage') return [{ resource: 'storage', storage: limit.storage, nodes, amount }];
    return [{ resource: limit.kind, nodes, amount }];
  });
};
