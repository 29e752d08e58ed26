import type { Judgement, Recommendation, SkippedGuest } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import { isConverged } from '../state/pressure.ts';
import { batchImpact, type ClusterPicture, clusterPicture } from './batch-impact.ts';
import type { Problem } from './problem.ts';

type Summary = Judgement['summary'];

/** Why nothing is recommended at all; binding: nothing may be, not even an evacuation. */
export type Halt = { message: string; binding: boolean };

/** Whether there is nothing to judge: no confirmed quorum, or a cluster in balance with no node to empty. */
export const standstill = (problem: Problem): Halt | null => {
  const { quorate } = problem.snapshot.cluster_health;
  if (quorate === false) return { message: 'The cluster has no quorum: nothing may be moved', binding: true };
  if (quorate !== true || problem.snapshot.unknown.includes('quorum'))
    return { message: 'It is not known whether the cluster has quorum: nothing is moved', binding: true };
  if (problem.state.nodes.some((node) => node.maintenance) || !isConverged(problem)) return null;
  return {
    message: 'The cluster is in balance: no node is above its thresholds and their loads are close',
    binding: false,
  };
};

type Outcome = {
  recommendations: readonly Recommendation[];
  skipped: readonly SkippedGuest[];
  before: ClusterPicture;
  halt: Halt | null;
};

/** Totals of a judgement; the predicted health is that of the cluster after all moves. */
export const summarize = ({ recommendations, skipped, before, halt }: Outcome, problem: Problem): Summary => {
  const measured = clusterPicture(problem);
  const after = { ...measured, health: predictedHealth(before.health, measured.health, recommendations) };
  return {
    total_recommendations: recommendations.length,
    total_skipped: skipped.length,
    total_improvement: roundTo(
      recommendations.reduce((sum, one) => sum + one.score_improvement, 0),
      1,
    ),
    reasons_breakdown: breakdown(recommendations),
    cluster_health: before.health,
    predicted_health: after.health,
    avg_cpu: roundTo(before.average.cpu, 1),
    avg_mem: roundTo(before.average.mem, 1),
    ...urgencyOf(recommendations),
    skip_reasons: countBy(skipped.map((one) => one.reason)),
    batch_impact: batchImpact(before, after),
    ...(halt ? { convergence_message: halt.message } : {}),
  };
};

/**
 * Health is a mean over nodes in which a point on a small node counts as much as one on a large node. It falls when load goes
 * from a large node to a smaller one, though there is no more of it than before and every move has lowered what the cluster
 * costs: to moves made for the sake of the cluster that is no loss. Emptying a node is not done for its sake, and is told as it is.
 */
const predictedHealth = (before: number, after: number, moves: readonly Recommendation[]): number =>
  moves.some(isEvacuation) ? after : Math.max(before, after);

const isEvacuation = (one: Recommendation): boolean =>
  one.structured_reason.primary_reason === 'maintenance_evacuation';

const urgencyOf = (recommendations: readonly Recommendation[]): Pick<Summary, 'urgency' | 'urgency_label'> => {
  if (recommendations.some(isEvacuation))
    return { urgency: 'high', urgency_label: 'Nodes in maintenance are to be emptied' };
  if (recommendations.some((one) => one.score_improvement >= 50))
    return { urgency: 'medium', urgency_label: 'Clear imbalance' };
  return recommendations.length > 0
    ? { urgency: 'low', urgency_label: 'Slight imbalance' }
    : { urgency: 'none', urgency_label: 'Nothing to do' };
};

const breakdown = (recommendations: readonly Recommendation[]): string[] => {
  const counts = countBy(recommendations.map((one) => one.structured_reason.primary_label));
  return Object.entries(counts).map(([label, count]) => `${count} × ${label}`);
};

const countBy = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};
