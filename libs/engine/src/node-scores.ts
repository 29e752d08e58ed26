import type { ClusterSnapshot, Node, NodeScore, NodeScores, PenaltyConfig } from '@proxbalance/contracts';
import { blendedLoad, type GuestHabit, type GuestUse, neutralGuest } from './load.ts';
import { byText, roundTo } from './numbers.ts';
import { byCategory } from './penalties/apply.ts';
import { type Limits, pct } from './penalties/penalty.ts';
import { suitability, targetScore } from './target-score.ts';
import type { TrendFacts } from './trend.ts';
import { unusableReason } from './usable.ts';

export type ScoreNodesInput = {
  snapshot: ClusterSnapshot;
  thresholds: Limits;
  config: PenaltyConfig;
  maintenanceNodes: readonly string[];
  /** Scores for this guest; without it for a guest that adds nothing */
  vmid?: number | undefined;
  /** Trend of each node, by name; absent: nothing is known about trends */
  trends?: Readonly<Record<string, TrendFacts>> | undefined;
  /** Profiles of guests, by vmid */
  profiles?: Readonly<Record<string, GuestHabit>> | undefined;
};

/** Nobody has the guest that nodes should be scored for. */
export class UnknownGuestError extends Error {
  readonly code = 'unknown-guest';
  constructor(vmid: number) {
    super(`guest ${vmid} is not in the snapshot`);
    this.name = 'UnknownGuestError';
  }
}

/**
 * How every node would do as a target, by name. The node a guest is on is scored as it is: the guest counts there already.
 * Throws UnknownGuestError for a vmid that is not in the snapshot.
 */
export const scoreNodes = (input: ScoreNodesInput): NodeScores => {
  const { snapshot, maintenanceNodes, vmid, trends, profiles } = input;
  const guest = vmid === undefined ? null : snapshot.guests[String(vmid)];
  if (guest === undefined) throw new UnknownGuestError(vmid ?? 0);
  const maintenance = new Set(maintenanceNodes);
  const scores: NodeScores = {};
  for (const node of Object.values(snapshot.nodes).sort((a, b) => byText(a.name, b.name))) {
    const reason = unusableReason(node, maintenance);
    const comes = guest !== null && guest.node !== node.name;
    const own = { trend: trends?.[node.name], profile: comes ? profiles?.[String(guest.vmid)] : null };
    scores[node.name] = reason
      ? { score: 999_999, suitability_rating: 0, suitable: false, reason }
      : scoreNode(node, comes ? guest : neutralGuest, input, own);
  }
  return scores;
};

type Own = { trend: TrendFacts | undefined; profile: GuestHabit | null | undefined };

const scoreNode = (node: Node, guest: GuestUse, { thresholds, config }: ScoreNodesInput, own: Own): NodeScore => {
  const { score, details } = targetScore({ node, guest, thresholds, config, adding: true, ...own });
  const blended = blendedLoad(node, config);
  const m = node.metrics;
  return {
    score: roundTo(score, 2),
    suitability_rating: suitability(score),
    ...verdict(score, node, thresholds, config),
    weighted_cpu: roundTo(blended.cpu, 1),
    weighted_mem: roundTo(blended.mem, 1),
    current_cpu: roundTo(m.current_cpu, 1),
    current_mem: roundTo(m.current_mem, 1),
    max_cpu_week: roundTo(m.max_cpu_week, 1),
    max_mem_week: roundTo(m.max_mem_week, 1),
    penalty_breakdown: details.penalties,
    penalty_categories: byCategory(details.penalties),
    total_penalties: details.total_penalties,
    components: details.components,
    explanations: details.explanations ?? [],
    penalty_readings: details.penalty_readings ?? [],
    trend_analysis: details.trend_analysis ?? null,
    overcommit_ratio: node.mem_overcommit_ratio,
    committed_mem_gb: node.committed_mem_gb,
  };
};

const verdict = (score: number, node: Node, thresholds: Limits, config: PenaltyConfig) => {
  if (score < 20) return { suitable: true, reason: 'Excellent target' };
  if (score < 50) return { suitable: true, reason: 'Good target' };
  if (score < 100) return { suitable: true, reason: 'Acceptable target' };
  if (score < 200) return { suitable: false, reason: 'Poor target' };
  return { suitable: false, reason: mainCause(node, thresholds, config) };
};

const mainCause = (node: Node, { cpu_threshold: cpu, mem_threshold: mem }: Limits, config: PenaltyConfig): string => {
  const m = node.metrics;
  const blended = blendedLoad(node, config);
  const causes: [value: number, limit: number, text: string][] = [
    [m.current_cpu, cpu + 20, 'CPU is far above its threshold'],
    [m.current_mem, mem + 20, 'Memory is far above its threshold'],
    [m.current_cpu, cpu + 10, 'CPU is well above its threshold'],
    [m.current_mem, mem + 10, 'Memory is well above its threshold'],
    [m.avg_cpu_week, 90, 'CPU has been critical for a week'],
    [m.avg_mem_week, 90, 'Memory has been critical for a week'],
    [blended.cpu, cpu, 'CPU is above its threshold'],
    [blended.mem, mem, 'Memory is above its threshold'],
  ];
  const cause = causes.find(([value, limit]) => value > limit);
  return cause ? `${cause[2]}: ${pct(cause[0])}` : 'Many penalties together';
};
