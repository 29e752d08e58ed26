import type { ClusterTrends, NodeTrend, OverallDirection } from '@proxbalance/contracts';
import { byText } from '../numbers.ts';

type Mover = ClusterTrends['top_movers'][number];

/** What the trends of the nodes say together: the worst direction wins; the five steepest rates, either way, move most. */
export const clusterTrends = (trends: Iterable<NodeTrend>): ClusterTrends => {
  const all = [...trends].sort((a, b) => byText(a.node, b.node));
  return {
    nodes: Object.fromEntries(all.map((trend) => [trend.node, trend])),
    cluster_direction: order.find((one) => all.some((trend) => trend.overall_direction === one)) ?? 'unknown',
    top_movers: all.flatMap(moversOf).sort(steepestFirst).slice(0, 5),
    data_available: all.some((trend) => trend.data_quality.total_samples > 0),
  };
};

const order: readonly OverallDirection[] = ['degrading', 'warming', 'healthy', 'stable'];

const moversOf = (trend: NodeTrend): Mover[] =>
  (['cpu', 'memory', 'iowait'] as const).flatMap((metric) => {
    const { rate_per_day, rate_display, direction, confidence } = trend[metric];
    return rate_per_day === 0 ? [] : [{ node: trend.node, metric, rate_per_day, rate_display, direction, confidence }];
  });

const steepestFirst = (a: Mover, b: Mover): number =>
  Math.abs(b.rate_per_day) - Math.abs(a.rate_per_day) || byText(a.node, b.node) || byText(a.metric, b.metric);
