import type { PenaltyConfig } from '@proxbalance/contracts';

type MetricTrend = { rate_per_day: number; confidence: 'high' | 'medium' | 'low' };

/** Trend analysis of one node: rates in points a day, stability 0-100 (higher is steadier). */
export type NodeTrend = { cpu: MetricTrend; mem: MetricTrend; overall_stability: number };

const trust = { high: 1, medium: 0.5, low: 0 };

/** Rate of a metric weighted by how far it can be trusted (high 1, medium 0.5, low 0), points a day. */
const trustedRate = (trend: MetricTrend): number => trend.rate_per_day * trust[trend.confidence];

/** Points for a rising metric: base above 0.5 points a day, twice above 1, three times above 3. */
export const trendPoints = (trend: MetricTrend | undefined, base: number, config: PenaltyConfig): number => {
  if (!trend || (config.weight_24h <= 0 && config.weight_7d <= 0)) return 0;
  const rate = trustedRate(trend);
  if (rate > 3) return 3 * base;
  if (rate > 1) return 2 * base;
  return rate > 0.5 ? base : 0;
};

/** Factor on CPU penalties: a steady node (stability from 80) 0.7, from 60 0.85, from 40 1, below 1.3; unknown 1. */
export const stabilityFactor = (trend: NodeTrend | undefined | null, config: PenaltyConfig): number => {
  if (!trend || (config.weight_24h <= 0 && config.weight_7d <= 0)) return 1;
  if (trend.overall_stability >= 80) return 0.7;
  if (trend.overall_stability >= 60) return 0.85;
  return trend.overall_stability >= 40 ? 1 : 1.3;
};
