import type { Recommendation } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import type { ChosenMove } from './make-move.ts';

type StructuredReason = Recommendation['structured_reason'];
type Factor = StructuredReason['contributing_factors'][number];
type Reason = StructuredReason['primary_reason'];

/** Why a guest leaves its node for another: the main reason, what contributed, and a sentence. */
export const structuredReason = (move: ChosenMove): StructuredReason => {
  const primary = primaryReason(move);
  const factors =
    primary === 'maintenance_evacuation' ? [maintenanceFactor(move)] : [...own(move), ...contributing(move)];
  return {
    primary_reason: primary,
    primary_label: labels[primary],
    contributing_factors: factors,
    summary: sentence(move),
  };
};

const labels: Record<Reason, string> = {
  maintenance_evacuation: 'Maintenance evacuation',
  iowait_relief: 'I/O wait relief',
  cpu_imbalance: 'CPU imbalance',
  mem_imbalance: 'Memory imbalance',
  distribution_balancing: 'Distribution balancing',
  affinity_companion: 'Affinity',
};

const primaryReason = ({ trigger, source, target }: ChosenMove): Reason => {
  if (trigger === 'maintenance') return 'maintenance_evacuation';
  if (trigger === 'iowait') return 'iowait_relief';
  if (trigger === 'distribution') return 'distribution_balancing';
  if (trigger === 'affinity') return 'affinity_companion';
  const cpu = source.load.cpu - target.load.cpu;
  return cpu > source.load.mem - target.load.mem ? 'cpu_imbalance' : 'mem_imbalance';
};

const maintenanceFactor = ({ source }: ChosenMove): Factor => ({
  factor: 'maintenance',
  value: null,
  severity: 'high',
  label: `${source.node.name} is in maintenance`,
});

/** What speaks for a move that is not made for load. */
const own = ({ trigger, source, target, affinity }: ChosenMove): Factor[] => {
  if (trigger === 'affinity' && affinity)
    return [{ factor: 'affinity_group', value: null, severity: 'positive', label: `${affinity.group} stays together` }];
  if (trigger !== 'distribution') return [];
  return [
    { factor: 'source_guests', value: source.guests, severity: 'medium', label: guestsOn(source) },
    { factor: 'target_guests', value: target.guests, severity: 'positive', label: guestsOn(target) },
  ];
};

const guestsOn = ({ node, guests }: ChosenMove['source']): string => `${guests} guests run on ${node.name}`;

const contributing = ({ trigger, source, target }: ChosenMove): Factor[] => {
  const { current_iowait, cpu_trend, mem_trend } = source.node.metrics;
  const { cpu_headroom, mem_headroom } = target.details.metrics;
  const [cpu, mem] = [source.load.cpu, source.load.mem];
  const factors: [applies: boolean, factor: string, value: number | null, severity: string, label: string][] = [
    [cpu > 60, 'source_cpu', cpu, cpu > 80 ? 'high' : 'medium', `CPU of ${source.node.name}`],
    [mem > 65, 'source_mem', mem, mem > 85 ? 'high' : 'medium', `Memory of ${source.node.name}`],
    [cpu_headroom > 30, 'target_cpu_headroom', cpu_headroom, 'positive', `CPU left on ${target.node.name}`],
    [mem_headroom > 30, 'target_mem_headroom', mem_headroom, 'positive', `Memory left on ${target.node.name}`],
    [cpu_trend === 'rising', 'source_cpu_trend', null, 'medium', `CPU of ${source.node.name} is rising`],
    [mem_trend === 'rising', 'source_mem_trend', null, 'low', `Memory of ${source.node.name} is rising`],
    [
      current_iowait > 15 || trigger === 'iowait',
      'source_iowait',
      current_iowait,
      current_iowait > 25 ? 'high' : 'medium',
      `I/O wait of ${source.node.name}`,
    ],
  ];
  return factors.flatMap(([applies, factor, value, severity, label]) =>
    applies
      ? [{ factor, value: value === null ? null : roundTo(value, 1), severity, label: labelled(label, value) }]
      : [],
  );
};

const labelled = (label: string, value: number | null): string =>
  value === null ? label : `${label}: ${value.toFixed(0)} %`;

const sentence = (move: ChosenMove): string => {
  const { source, target } = move;
  if (move.trigger === 'maintenance') return `${source.node.name} is in maintenance; ${target.node.name} has room`;
  if (move.trigger === 'affinity' && move.affinity)
    return `It follows guest ${move.affinity.leader} to ${target.node.name}: ${move.affinity.group} stays together`;
  if (move.trigger === 'distribution')
    return `${guestsOn(source)} and ${target.guests} on ${target.node.name}; this one is small`;
  const [resource, value, there] = mainResource(move);
  const there_ = `${target.node.name} at ${there.toFixed(0)} % has room`;
  return `${severity(value)} ${resource} on ${source.node.name} (${value.toFixed(0)} %); ${there_}`;
};

const mainResource = (move: ChosenMove): [word: string, source: number, target: number] => {
  const { source, target } = move;
  const reason = primaryReason(move);
  if (reason === 'iowait_relief') return ['I/O wait', source.load.iowait, target.load.iowait];
  if (reason === 'cpu_imbalance') return ['CPU', source.load.cpu, target.load.cpu];
  return ['memory', source.load.mem, target.load.mem];
};

const severity = (percent: number): string => {
  if (percent > 85) return 'Critical';
  if (percent > 70) return 'High';
  return percent > 50 ? 'Elevated' : 'Moderate';
};
