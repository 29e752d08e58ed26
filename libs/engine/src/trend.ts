import type { MetricTrend, Node, PenaltyConfig } from '@proxbalance/contracts';
import type { Tier } from './penalties/penalty.ts';

type Rate = Pick<MetricTrend, 'rate_per_day' | 'confidence'>;

/** The part of a node's trend that scores use. */
export type TrendFacts = { cpu: Rate; memory: Rate; overall_stability: number };

const trust = { high: 1, medium: 0.5, low: 0 };

/** Rate of a metric weighted by how far it can be trusted (high 1, medium 0.5, low 0), points a day; 0 where unknown. */
export const trustedRate = (trend: Rate | undefined): number =>
  trend ? trend.rate_per_day * trust[trend.confidence] : 0;

/** Points for a rising metric: base above 0.5 points a day, twice above 1, three times above 3. */
export const trendTiers = (
  key: 'cpu_trend_rising_penalty' | 'mem_trend_rising_penalty',
  config: PenaltyConfig,
): readonly Tier[] => {
  const base = config[key];
  if (config.weight_24h <= 0 && config.weight_7d <= 0) return [];
  return [
    [0.5, base, key],
    [1, 2 * base, key],
    [3, 3 * base, key],
  ];
};

/** Week average of the CPU, percent, from which a steady load is a steady overload: the first tier of sustained_cpu. */
const SUSTAINED_CPU = 70;

/**
 * Factor on CPU penalties: a steady node (stability from 80) 0.7, from 60 0.85, from 40 1, below 1.3; unknown 1.
 * Being steady is no merit of a node that has been overloaded all week: nothing is taken off there.
 */
export const stabilityFactor = (trend: TrendFacts | undefined | null, config: PenaltyConfig, node: Node): number => {
  if (!trend || (config.weight_24h <= 0 && config.weight_7d <= 0)) return 1;
  if (trend.overall_stability < 40) return 1.3;
  if (trend.overall_stability < 60 || node.metrics.avg_cpu_week > SUSTAINED_CPU) return 1;
  return trend.overall_stability >= 80 ? 0.7 : 0.85;
};
