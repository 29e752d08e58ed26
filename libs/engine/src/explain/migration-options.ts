import type { MigrationOption, MigrationOptions } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { antiAffinity } from '../filters/target/anti-affinity.ts';
import { memory } from '../filters/target/memory.ts';
import { storage } from '../filters/target/storage.ts';
import { neutralGuest } from '../load.ts';
import { UnknownGuestError } from '../node-scores.ts';
import { roundTo } from '../numbers.ts';
import { byCategory } from '../penalties/apply.ts';
import { type Problem, placedGuest, problemOf, type RecommendInput } from '../recommend/problem.ts';
import { endAs } from '../recommend/score.ts';
import type { NodeState } from '../state/node-state.ts';
import { scoreOf, suitability, targetScore } from '../target-score.ts';

/** What rules a node out for a guest that somebody wants to move, in the order in which it is told. */
const rules = [antiAffinity, storage, memory];

/**
 * Every node as a place for one guest, by the engine that makes the recommendations: moves in flight counted, the guest counted
 * once on the node it is on. Throws UnknownGuestError for a vmid that is not in the snapshot, or whose node is not.
 */
export const migrationOptions = (input: RecommendInput & { vmid: number }): MigrationOptions => {
  const problem = problemOf(input);
  const placed = placedGuest(problem, input.vmid);
  if (!placed) throw new UnknownGuestError(input.vmid);
  const { guest, source } = placed;
  const isKnown = source.node.status === 'online';
  const current = isKnown ? scoreOf({ ...endAs(placed, source, problem), adding: false }) : null;
  const options = problem.state.nodes.map((node) => optionOf(placed, node, current, problem));
  return {
    vmid: String(guest.vmid),
    guest_name: guest.name,
    guest_type: guest.type,
    current_node: guest.node,
    current_score: current === null ? null : roundTo(current, 2),
    options: options.sort((a, b) => Number(a.disqualified) - Number(b.disqualified) || a.score - b.score),
  };
};

const optionOf = (placed: Placed, target: NodeState, current: number | null, problem: Problem): MigrationOption => {
  const isCurrent = target === placed.source;
  const facts = { node: target.name, is_current: isCurrent };
  const refusal =
    target.unusable ??
    (isCurrent ? undefined : rules.find((rule) => !rule.admits(placed, target, problem))?.why(placed, target, problem));
  if (refusal)
    return { ...facts, score: 999_999, suitability_rating: 0, suitable: false, reason: refusal, disqualified: true };
  const end = endAs(placed, target, problem);
  const own = isCurrent ? { ...end, guest: neutralGuest, profile: null } : end;
  const { score, details } = targetScore({ ...own, adding: true });
  return {
    ...facts,
    score: roundTo(score, 2),
    suitability_rating: suitability(score),
    suitable: score < 100,
    reason: wordFor(score),
    disqualified: false,
    improvement: current === null ? null : roundTo(current - score, 2),
    penalty_categories: byCategory(details.penalties),
    metrics: details.metrics,
    total_penalties: details.total_penalties,
    explanations: details.explanations ?? [],
    trend_analysis: details.trend_analysis ?? null,
    overcommit_ratio: target.node.mem_overcommit_ratio,
    committed_mem_gb: target.node.committed_mem_gb,
  };
};

const wordFor = (score: number): string => {
  if (score < 20) return 'Excellent target';
  if (score < 50) return 'Good target';
  if (score < 100) return 'Acceptable target';
  return score < 200 ? 'Poor target' : 'Many penalties together';
};
