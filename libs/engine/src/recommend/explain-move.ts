import type { Guest, Recommendation, TrendEvidence } from '@proxbalance/contracts';
import { costBenefit, isLocalDisk } from '../cost-benefit.ts';
import { roundTo } from '../numbers.ts';
import { pct } from '../penalties/penalty.ts';
import { migrationRisk } from '../risk.ts';
import { suitability } from '../target-score.ts';
import { judgeConfidence } from './judge-confidence.ts';
import type { ChosenMove } from './make-move.ts';
import type { Memory, Problem } from './problem.ts';
import { structuredReason } from './reason.ts';
import { evidenceSentence, type GuestPast, trendEvidence } from './trend-evidence.ts';

/** A chosen move as a recommendation, with everything that led to it. */
export const explainMove = (move: ChosenMove, problem: Problem, clusterHealth: number): Recommendation => {
  const { guest } = move.placed;
  const { improvement, source, target } = move;
  const reason = structuredReason(move);
  const evidence = evidenceOf(move, problem);
  const sure = judgeConfidence(move, evidence, problem);
  return {
    vmid: guest.vmid,
    name: guest.name,
    type: guest.type,
    source_node: source.node.name,
    target_node: target.node.name,
    target_node_score: roundTo(move.targetScore, 2),
    suitability_rating: suitability(move.targetScore),
    score_improvement: roundTo(improvement, 2),
    priority: priorityOf(move),
    reason: reason.summary,
    structured_reason: reason,
    score_details: { source: source.details, target: target.details },
    mem_gb: guest.mem_max_gb,
    command: migrateCommand(guest, target.node.name),
    ...sure,
    ...migrationRisk(guest, clusterHealth),
    trend_evidence: evidence,
    decision_explanation: `${decision(move)} ${evidenceSentence(evidence)}`.trimEnd(),
    cost_benefit: costBenefit(guest, { improvement, confidence: sure.confidence_score }),
    ...mounts(guest),
    ...(move.trigger === 'distribution' ? { distribution_balancing: true } : {}),
    ...(move.affinity && { affinity_group: move.affinity.group, affinity_leader_vmid: move.affinity.leader }),
  };
};

/** Leaders of affinity groups name those that follow them. */
export const nameCompanions = (recommendations: readonly Recommendation[]): Recommendation[] => {
  const followers = Map.groupBy(
    recommendations.filter((one) => one.affinity_leader_vmid !== undefined),
    (one) => one.affinity_leader_vmid,
  );
  return recommendations.map((one) => {
    const own = followers.get(one.vmid);
    if (!own) return one;
    // One that follows another itself belongs to that group first.
    const affinity_group = one.affinity_group ?? own[0]?.affinity_group;
    return { ...one, affinity_group, affinity_companions: own.map(({ vmid }) => vmid) };
  });
};

const evidenceOf = ({ placed: { guest }, source, target }: ChosenMove, { memory }: Problem): TrendEvidence =>
  memory.trends
    ? trendEvidence({
        guestName: guest.name,
        sourceNode: source.node.name,
        targetNode: target.node.name,
        source: memory.trends[source.node.name],
        target: memory.trends[target.node.name],
        guest: pastOf(guest.vmid, memory),
      })
    : { available: false, reason: 'Trends were not looked at' };

const pastOf = (vmid: number, { profiles, moves = [] }: Memory): GuestPast | undefined => {
  const profile = profiles?.[String(vmid)];
  return profile && { ...profile, moves: moves.filter((move) => move.vmid === vmid).length };
};

const priorityOf = ({ trigger, improvement }: ChosenMove): Recommendation['priority'] => {
  if (trigger === 'maintenance') return 'critical';
  if (trigger === 'iowait' || improvement >= 50) return 'high';
  return improvement >= 25 ? 'medium' : 'low';
};

/** The command that makes the move: live for a running VM, with a restart for a running container. */
export const migrateCommand = (guest: Guest, target: string): string => {
  const running = guest.status === 'running';
  if (guest.type === 'CT') return `pct migrate ${guest.vmid} ${target}${running ? ' --restart' : ''}`;
  const withDisks = (guest.disks ?? []).some(isLocalDisk) ? ' --with-local-disks' : '';
  return `qm migrate ${guest.vmid} ${target}${running ? ` --online${withDisks}` : ''}`;
};

const decision = (move: ChosenMove): string => {
  const { placed, source, target, after } = move;
  const gain = `${Math.abs(move.improvement).toFixed(0)} points ${move.improvement < 0 ? 'worse' : 'better'}`;
  const ends =
    `${source.node.name} goes to ${pct(after.source.cpu)} CPU and ${pct(after.source.mem)} memory, ` +
    `${target.node.name} to ${pct(after.target.cpu)} and ${pct(after.target.mem)}`;
  return `${placed.guest.name} does ${gain} on ${target.node.name} than on ${source.node.name}. ${because(move)}${ends}.`;
};

const because = ({ trigger, improvement, source, affinity }: ChosenMove): string => {
  if (trigger === 'maintenance')
    return `It has to leave ${source.node.name}${improvement < 0 ? ', and no node that takes it scores better' : ''}. `;
  return trigger === 'affinity' && affinity ? `It goes where its group ${affinity.group} is. ` : '';
};

const mounts = ({ mount_points: mp }: Guest): Pick<Recommendation, 'mount_point_info' | 'bind_mount_warning'> => {
  if (!mp?.has_mount_points) return {};
  const { has_mount_points, mount_count, has_shared_mount, has_unshared_bind_mount } = mp;
  const bound = mp.mount_points.filter((one) => one.is_bind_mount && !one.is_shared).map((one) => one.source);
  const warning = `Folders of the host that must exist on the target too: ${bound.slice(0, 2).join(', ')}`;
  return {
    mount_point_info: {
      has_mount_points,
      mount_count,
      has_shared_mount,
      has_unshared_bind_mount,
      mount_paths: mp.mount_points.map((one) => one.source),
    },
    ...(bound.length > 0 ? { bind_mount_warning: warning } : {}),
  };
};
