import type { ClusterPlan } from '@proxbalance/contracts';
import { explainInfeasible } from '../infeasible/explain-infeasible.ts';
import type { Conflict, Relaxation } from '../infeasible/verdict.ts';
import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import { nowhereNode } from './new-guests.ts';

/** Why there is no plan; or steps after all, where the planner found none. */
export type WhyNot =
  | { readonly steps: readonly PlacementStep[] }
  | { readonly refusal: Pick<ClusterPlan, 'status' | 'conflicts' | 'relaxations'> };

/** What is infeasible is shown to be, with what conflicts and what would help. That nothing was found is no proof. */
export const whyNot = (problem: PlacementProblem): WhyNot => {
  const verdict = explainInfeasible(problem);
  if (verdict.status === 'feasible' && verdict.steps) return { steps: verdict.steps };
  if (verdict.status === 'feasible' || verdict.status === 'unknown')
    return { refusal: { status: 'not-found', conflicts: [], relaxations: [] } };
  const { status, conflicts, relaxations } = verdict;
  return {
    refusal: {
      status,
      conflicts: conflicts.map(toldConflict),
      relaxations: relaxations.filter(({ changes }) => !changes.some(takesBack(problem))).map(toldRelaxation),
    },
  };
};

/** That a node is to be emptied is what is asked: not to do so helps nobody. */
const takesBack =
  ({ nodes }: PlacementProblem) =>
  ({ kind, node }: Relaxation['changes'][number]): boolean =>
    kind === 'keep-node' && nodes.some(({ id, duty }) => id === node && duty === 'drains');

/** That new guests are to get a place is what is asked: it is in nobody's way, and nobody can do without it. */
const isNowhere = ({ node }: { readonly node?: string }): boolean => node === nowhereNode;

const toldConflict = ({ parts, guests, missing, minimal, reason }: Conflict): ClusterPlan['conflicts'][number] => ({
  reason: parts.filter(isNowhere).reduce((words, { text }) => words.replace(`${text}; `, ''), reason),
  parts: parts.filter((part) => !isNowhere(part)),
  guests: [...guests],
  missing: missing.map((one) => ({ ...one, nodes: [...one.nodes] })),
  minimal,
});

const toldRelaxation = ({ changes, reachable, text }: Relaxation): ClusterPlan['relaxations'][number] => ({
  text,
  changes: [...changes],
  reachable,
});
