import type { Node, ThresholdSuggestions } from '@proxbalance/contracts';
import { clamp, mean, roundTo } from './numbers.ts';

/*
 * @NOTE What users know, kept on purpose: a cluster that is busier or better balanced is suggested *higher* thresholds
 * (fewer moves where they could help little), though one may well want to be told earlier there. It is a suggestion; nothing
 * follows from it by itself.
 */

type Stats = NonNullable<ThresholdSuggestions['cluster_stats']>;
type Step = ThresholdSuggestions['adjustments'][number] & { cpu: number; mem: number; iowait: number };

/** Thresholds that fit the cluster: its size, its balance, its load and its I/O wait over the week, or the day without one. */
export const suggestThresholds = (nodes: readonly Node[]): ThresholdSuggestions => {
  const online = nodes.filter((node) => node.status === 'online' && node.metrics.has_historical);
  if (online.length === 0) return withoutHistory;
  const stats = statsOf(online);
  const steps = [sizeStep(stats), balanceStep(stats), loadStep(stats), iowaitStep(stats)];
  const sum = (of: 'cpu' | 'mem' | 'iowait') => steps.reduce((all, step) => all + step[of], 0);
  const cpu = clamp(60 + sum('cpu'), 40, 85);
  const mem = clamp(70 + sum('mem'), 50, 90);
  const iowait = clamp(30 + sum('iowait'), 15, 40);
  const sure = online.length >= 3 && nodes.every((node) => node.metrics.has_historical);
  return {
    suggested_cpu_threshold: r1(cpu),
    suggested_mem_threshold: r1(mem),
    suggested_iowait_threshold: r1(iowait),
    confidence: sure ? 'high' : 'medium',
    summary:
      `A ${stats.cluster_size} cluster, ${stats.balance_status}, with ${stats.load_level} load and ` +
      `${stats.iowait_level} I/O wait: ${cpu} % CPU, ${mem} % memory, ${iowait} % I/O wait`,
    analysis_period: online.some((node) => node.metrics.avg_cpu_week > 0) ? '7 days' : '24 hours',
    adjustments: steps.map(({ cpu: _cpu, mem: _mem, iowait: _iowait, ...shown }) => shown),
    cluster_stats: stats,
  };
};

const withoutHistory: ThresholdSuggestions = {
  suggested_cpu_threshold: 60,
  suggested_mem_threshold: 70,
  suggested_iowait_threshold: 30,
  confidence: 'low',
  summary: 'The default thresholds',
  reasoning: 'No node that is online has a history to learn from',
  analysis_period: null,
  adjustments: [],
  cluster_stats: null,
};

const statsOf = (nodes: readonly Node[]): Stats => {
  const cpu = nodes.map(({ metrics: m }) => m.avg_cpu_week || m.avg_cpu);
  const mem = nodes.map(({ metrics: m }) => m.avg_mem_week || m.avg_mem);
  const iowait = mean(nodes.map(({ metrics: m }) => m.avg_iowait_week || m.avg_iowait));
  const balanced = variation(cpu) < 30 && variation(mem) < 30;
  return {
    node_count: nodes.length,
    cluster_size: sizeOf(nodes.length),
    avg_cpu: r1(mean(cpu)),
    max_cpu: r1(Math.max(...cpu)),
    avg_mem: r1(mean(mem)),
    max_mem: r1(Math.max(...mem)),
    avg_iowait: r1(iowait),
    cpu_variance: r1(variation(cpu)),
    mem_variance: r1(variation(mem)),
    balance_status: balanced ? 'balanced' : 'imbalanced',
    load_level: loadOf(mean(cpu), mean(mem)),
    iowait_level: iowait > 30 ? 'critical' : iowait > 20 ? 'high' : iowait > 10 ? 'elevated' : 'normal',
  };
};

const sizeOf = (count: number): Stats['cluster_size'] => {
  if (count <= 2) return 'minimal';
  if (count <= 4) return 'small';
  if (count <= 8) return 'medium';
  return count <= 16 ? 'large' : 'xlarge';
};

const loadOf = (cpu: number, mem: number): Stats['load_level'] => {
  if (cpu > 70 || mem > 80) return 'very high';
  if (cpu > 50 || mem > 60) return 'high';
  return cpu > 30 || mem > 40 ? 'moderate' : 'low';
};

const sizes: Record<Stats['cluster_size'], number> = { minimal: -10, small: -5, medium: 0, large: 5, xlarge: 8 };
const loads: Record<Stats['load_level'], number> = { 'very high': 15, high: 10, moderate: 0, low: -5 };
const iowaits: Record<Stats['iowait_level'], number> = { critical: -15, high: -10, elevated: -5, normal: 0 };

const sizeStep = ({ cluster_size, node_count }: Stats): Step => {
  const by = sizes[cluster_size];
  return { ...shown('Cluster Size', `${node_count} nodes (${cluster_size})`, by), cpu: by, mem: by, iowait: by };
};

const balanceStep = ({ balance_status, cpu_variance, mem_variance }: Stats): Step => {
  const by = balance_status === 'balanced' ? 10 : -5;
  const value = `${balance_status} (CPU varies by ${cpu_variance} %, memory by ${mem_variance} %)`;
  return { ...shown('Load Balance', value, by), cpu: by, mem: by, iowait: Math.floor(by / 2) };
};

const loadStep = ({ load_level, avg_cpu, avg_mem }: Stats): Step => {
  const by = loads[load_level];
  const value = `${load_level} (${avg_cpu} % CPU, ${avg_mem} % memory)`;
  return { ...shown('Overall Load', value, by), cpu: by, mem: by, iowait: Math.floor(by / 2) };
};

const iowaitStep = ({ iowait_level, avg_iowait }: Stats): Step => {
  const by = iowaits[iowait_level];
  return {
    ...shown('I/O Pressure', `${iowait_level} (${avg_iowait} %)`, by),
    cpu: Math.floor(by / 3),
    mem: 0,
    iowait: by,
  };
};

const shown = (factor: string, value: string, by: number): ThresholdSuggestions['adjustments'][number] => ({
  factor,
  value,
  adjustment: `${by > 0 ? '+' : ''}${by}%`,
  direction: by > 0 ? 'increase' : by < 0 ? 'decrease' : 'none',
});

/** Coefficient of variation, percent; 0 where everything is idle. */
const variation = (values: readonly number[]): number => {
  const middle = mean(values);
  return middle > 0 ? (100 * Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))) / middle : 0;
};

const r1 = (value: number): number => roundTo(value, 1);
