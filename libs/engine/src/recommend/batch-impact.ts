import type { Judgement } from '@proxbalance/contracts';
import { clusterHealth } from '../health.ts';
import { mean, roundTo } from '../numbers.ts';
import type { NodeState } from '../state/node-state.ts';
import { heat } from '../state/pressure.ts';
import type { Problem } from './problem.ts';

type BatchImpact = Judgement['summary']['batch_impact'];
type ClusterLoad = BatchImpact['before'];

/** The cluster at one point of the judgement. */
export type ClusterPicture = ClusterLoad & {
  health: number;
  heats: ReadonlyMap<string, number>;
  average: { cpu: number; mem: number };
};

/** Load, health, heat and mean load of the online nodes as the moves so far leave them. */
export const clusterPicture = ({ state, thresholds, config }: Problem): ClusterPicture => {
  const online = state.nodes.filter(({ node }) => node.status === 'online');
  const metrics = online.map(({ node }) => node.metrics);
  return {
    node_scores: Object.fromEntries(online.map((one) => [one.name, shownLoad(one)])),
    score_variance: roundTo(variance(metrics.map((m) => (m.current_cpu + m.current_mem) / 2)), 1),
    health: clusterHealth(
      online.map(({ node }) => node),
      config,
    ),
    heats: new Map(online.map((one) => [one.name, heat(one.load, one.ioExempt, thresholds)])),
    average: { cpu: mean(metrics.map((m) => m.current_cpu)), mem: mean(metrics.map((m) => m.current_mem)) },
  };
};

/**
 * What all moves together change. All nodes improved: something changed, every node above its thresholds got cooler,
 * and none went above them.
 */
export const batchImpact = (before: ClusterPicture, after: ClusterPicture): BatchImpact => ({
  before: { node_scores: before.node_scores, score_variance: before.score_variance },
  after: { node_scores: after.node_scores, score_variance: after.score_variance },
  improvement: {
    health_delta: roundTo(after.health - before.health, 1),
    variance_reduction_pct:
      before.score_variance === 0 ? 0 : roundTo(100 * (1 - after.score_variance / before.score_variance), 1),
    all_nodes_improved: allImproved(before.heats, after.heats),
  },
});

const shownLoad = ({ node, guests }: NodeState): ClusterLoad['node_scores'][string] => ({
  cpu: roundTo(node.metrics.current_cpu, 1),
  mem: roundTo(node.metrics.current_mem, 1),
  guest_count: guests.size,
});

const allImproved = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): boolean => {
  const pairs = [...before].map(([name, was]) => [was, after.get(name) ?? 0] as const);
  return pairs.some(([was, is]) => was !== is) && pairs.every(([was, is]) => (was > 1 ? is < was : is <= 1));
};

/** Sample variance; 0 of fewer than two values. */
const variance = (values: readonly number[]): number => {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
};
