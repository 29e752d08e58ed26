import type { FilterVerdict, GuestExplanation, Judgement, NodeVerdict, SkippedGuest } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { guestFilters } from '../filters/guest/registry.ts';
import { sourceHealthy } from '../filters/guest/source-healthy.ts';
import { UnknownGuestError } from '../node-scores.ts';
import { roundTo } from '../numbers.ts';
import { type Problem, placedGuest, problemOf, type RecommendInput } from '../recommend/problem.ts';
import { sourceScoreOf } from '../recommend/score.ts';
import { standstill } from '../recommend/summary.ts';
import { wouldBeBusy } from '../state/pressure.ts';
import { explainNode } from './explain-node.ts';
import { guestChange } from './guest-changes.ts';
import { smallestChange } from './smallest-change.ts';

export type ExplainInput = RecommendInput & {
  vmid: number;
  /** What was decided about all guests together; without it the guest is judged as if nobody else moved */
  judgement?: Pick<Judgement, 'recommendations' | 'skipped_guests'> | null | undefined;
};

type Decision = Pick<GuestExplanation, 'decision' | 'target_node' | 'reason' | 'detail' | 'judged'>;

/**
 * Why a guest moves or stays: what every filter and every part of the scores say as the cluster is now, and the least that
 * would have to change. Throws UnknownGuestError for a vmid that is not in the snapshot, or whose node is not.
 */
export const explainGuest = (input: ExplainInput): GuestExplanation => {
  const problem = problemOf(input);
  const placed = placedGuest(problem, input.vmid);
  if (!placed) throw new UnknownGuestError(input.vmid);
  const { guest, source } = placed;
  const filters = [...guestFilters, sourceHealthy].map(({ name, summary, check }): FilterVerdict => {
    const refused = check(placed, problem);
    if (!refused) return { filter: name, summary, passed: true };
    return { filter: name, summary, passed: false, ...refused, change: guestChange(refused.reason, placed, problem) };
  });
  const verdicts = problem.state.nodes.map((node) => explainNode(placed, node, problem));
  const nodes = named(verdicts, placed, problem);
  const decision = decided(input, guest.node) ?? alone(placed, filters, nodes, problem);
  const isKnown = source.node.status === 'online';
  return {
    vmid: guest.vmid,
    name: guest.name,
    type: guest.type,
    node: guest.node,
    ...decision,
    guest_filters: filters,
    current_score: isKnown ? roundTo(sourceScoreOf(placed, problem).score, 2) : null,
    current_details: nodes.find((one) => one.is_current)?.score_details ?? null,
    nodes,
    smallest_change: smallestChange(decision, filters, nodes, placed),
    snapshot_id: input.snapshot.snapshot_id,
    snapshot_collected_at: input.snapshot.collected_at,
  };
};

/** What was decided about all together; null when the guest was elsewhere then. */
const decided = ({ judgement, vmid }: ExplainInput, node: string): Decision | null => {
  const move = judgement?.recommendations.find((one) => one.vmid === vmid && one.source_node === node);
  const judged = 'with-others' as const;
  if (move) {
    const { target_node, structured_reason, decision_explanation: detail } = move;
    return { decision: 'move', target_node, reason: structured_reason.primary_reason, detail, judged };
  }
  const stay = judgement?.skipped_guests.find((one) => one.vmid === vmid && one.node === node);
  return stay ? { decision: 'stay', target_node: null, reason: stay.reason, detail: stay.detail, judged } : null;
};

/** What would be decided if nobody else moved. */
const alone = ({ source }: Placed, filters: FilterVerdict[], nodes: NodeVerdict[], problem: Problem): Decision => {
  const stay = (reason: SkippedGuest['reason'], detail: string): Decision => {
    return { decision: 'stay', target_node: null, reason, detail, judged: 'alone' };
  };
  const halt = standstill(problem);
  if (halt?.binding) return stay('unknown_state', halt.message);
  const refused = filters.find((one) => !one.passed);
  if (refused) return stay(refused.reason ?? 'unknown_state', refused.detail ?? '');
  if (halt) return stay('insufficient_improvement', halt.message);
  const best = nodes.find((one) => one.verdict === 'best');
  if (best) {
    const reason = source.maintenance ? 'maintenance_evacuation' : 'load';
    return { decision: 'move', target_node: best.node, reason, detail: best.detail, judged: 'alone' };
  }
  const near = nodes.find((one) => one.verdict === 'too-little');
  if (near) return stay('insufficient_improvement', `${near.node}: ${near.detail}`);
  const others = nodes.filter((one) => !one.is_current).map((one) => `${one.node}: ${one.detail}`);
  return stay('no_suitable_target', others.slice(0, 3).join('; ') || 'There is no other node');
};

/** The nodes with the best of the good ones called so: of those that stay below their thresholds, if there are any. */
const named = (nodes: NodeVerdict[], { guest, source }: Placed, problem: Problem): NodeVerdict[] => {
  const busy = ({ node }: NodeVerdict): number => {
    const state = problem.state.byName.get(node);
    return Number(!state || wouldBeBusy(guest, state, problem));
  };
  const good = nodes.filter((one) => one.verdict === 'good');
  const best = good.sort((a, b) => busy(a) - busy(b) || (a.score ?? 0) - (b.score ?? 0))[0];
  const detail = `${best?.improvement?.toFixed(1)} points better than ${source.name}`;
  return nodes.map((one) => (one === best ? { ...one, verdict: 'best', detail } : one));
};
