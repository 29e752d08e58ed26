import type { HourBaseline, NodeTrend, OverallDirection, Thresholds } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import { type LocalClock, localClock } from './local-time.ts';
import { metricTrend, stabilityLabel } from './metric-trend.ts';
import { type NodeSample, type Point, pointsOf, qualityOf, weightedDeviation, weightedMean, within } from './series.ts';

export type NodeTrendInput = {
  node: string;
  /** Stored rows in any order; aggregates among them count as often as the samples they were made of */
  samples: readonly NodeSample[];
  /** Unix seconds */
  now: number;
  thresholds?: Thresholds | undefined;
  /** Hours before now that are looked at; 168 without it */
  lookbackHours?: number | undefined;
  /** IANA name of the zone whose hours of the day are compared; UTC without it */
  timeZone?: string | undefined;
  /** Times, unix seconds, when guests came to the node or left it (`movesByNode`): jumps of its load that are no trend */
  moves?: readonly number[] | undefined;
};

/** Where a node is heading, how steady it is, and whether it is busier than is usual at this hour. */
export const analyzeNode = (input: NodeTrendInput): NodeTrend => {
  const { node, now, thresholds, moves: breaks, lookbackHours = 168 } = input;
  const rows = within(input.samples, now, lookbackHours);
  const cpuPoints = pointsOf(rows, (row) => row.cpu);
  const memPoints = pointsOf(rows, (row) => row.memory);
  const cpu = metricTrend(cpuPoints, { threshold: thresholds?.cpu_threshold, breaks });
  const memory = metricTrend(memPoints, { threshold: thresholds?.mem_threshold, breaks });
  const iowait = metricTrend(
    pointsOf(rows, (row) => row.iowait),
    { threshold: thresholds?.iowait_threshold, breaks },
  );
  const clock = localClock(input.timeZone);
  const usualCpu = usualAt(cpuPoints, now, clock, cpu.current_avg);
  const usualMem = usualAt(memPoints, now, clock, memory.current_avg);
  const trend = { cpu, memory, iowait };
  return {
    node,
    lookback_hours: lookbackHours,
    data_quality: qualityOf(rows, now),
    ...trend,
    cpu_baseline: usualCpu.baseline,
    mem_baseline: usualMem.baseline,
    cpu_above_baseline: usualCpu.above,
    cpu_baseline_sigma: usualCpu.sigma,
    mem_above_baseline: usualMem.above,
    mem_baseline_sigma: usualMem.sigma,
    ...overallStability(trend),
    overall_direction: overallDirection(trend),
  };
};

type Metrics = Pick<NodeTrend, 'cpu' | 'memory' | 'iowait'>;

const overallStability = ({
  cpu,
  memory,
  iowait,
}: Metrics): Pick<NodeTrend, 'overall_stability' | 'overall_stability_label'> => {
  const score = 0.55 * cpu.stability_score + 0.15 * memory.stability_score + 0.3 * iowait.stability_score;
  // Hundredths are exact, their sum in binary is not: 100 three times must stay 100.
  const overall = Math.floor(roundTo(score, 6));
  const known = [cpu, memory, iowait].some((one) => one.stability_label !== 'unknown');
  return { overall_stability: overall, overall_stability_label: known ? stabilityLabel(overall) : 'unknown' };
};

const overallDirection = ({ cpu, memory }: Metrics): OverallDirection => {
  const directions = [cpu.direction, memory.direction];
  if (directions.includes('sustained_increase')) return 'degrading';
  if (directions.includes('rising')) return 'warming';
  if (directions.every((one) => one === 'unknown')) return 'unknown';
  return directions.includes('unknown') ? 'stable' : 'healthy';
};

/** Half a day: what is younger belongs to the hour that is to be compared. */
const SAME_OCCASION = 12 * 3600;
const LEAST_SAMPLES = 3;

type Usual = { baseline: HourBaseline | null; sigma: number | null; above: boolean };

/** What is usual at this hour, from the same hour of earlier days, and how far the current value is above it. */
const usualAt = (points: readonly Point[], now: number, clock: LocalClock, current: number | null): Usual => {
  const { hour } = clock(now);
  const same = points.filter((point) => point.at <= now - SAME_OCCASION && clock(point.at).hour === hour);
  if (same.length < LEAST_SAMPLES) return { baseline: null, sigma: null, above: false };
  const avg = weightedMean(same);
  const std = weightedDeviation(same);
  const sigma = current === null || std < 1e-9 ? null : roundTo((current - avg) / std, 2);
  const baseline = { baseline_avg: roundTo(avg, 2), baseline_std: roundTo(std, 2), data_points: same.length };
  return { baseline, sigma, above: sigma !== null && sigma > 2 };
};
