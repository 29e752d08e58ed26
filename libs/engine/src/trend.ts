import type { MetricTrend, Node, NodeTrend, PenaltyConfig, ScoreDetails } from '@proxbalance/contracts';
import type { Tier } from './penalties/penalty.ts';

type Rate = Pick<MetricTrend, 'rate_per_day' | 'confidence'> & Partial<Pick<MetricTrend, 'direction'>>;

/** The part of a node's trend that scores use, and what is only shown beside them. */
export type TrendFacts = { cpu: Rate; memory: Rate; overall_stability: number } & Partial<
  Pick<NodeTrend, 'overall_stability_label' | 'overall_direction' | 'data_quality'>
>;

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

/** Trends of a node as they are shown with its score; nothing where they are not known. */
export const trendAnalysis = (
  trend: TrendFacts | null,
  config: PenaltyConfig,
  node: Node,
): Pick<ScoreDetails, 'trend_analysis'> => {
  if (!trend?.data_quality || !trend.overall_direction || !trend.overall_stability_label) return {};
  const { cpu, memory } = trend;
  return {
    trend_analysis: {
      cpu_rate_per_day: cpu.rate_per_day,
      cpu_direction: cpu.direction ?? 'unknown',
      cpu_confidence: cpu.confidence,
      mem_rate_per_day: memory.rate_per_day,
      mem_direction: memory.direction ?? 'unknown',
      mem_confidence: memory.confidence,
      stability_score: trend.overall_stability,
      stability_label: trend.overall_stability_label,
      cpu_stability_factor: stabilityFactor(trend, config, node),
      overall_direction: trend.overall_direction,
      data_quality: trend.data_quality,
    },
  };
};
