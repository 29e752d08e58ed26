import type { Node, PenaltyConfig } from '@proxbalance/contracts';
import { blendedLoad } from './load.ts';
import { mean, roundTo } from './numbers.ts';

/** Mean usage of a node's active storages, percent; 0 without any. */
export const storageScore = (node: Node): number => {
  let sum = 0;
  let count = 0;
  for (const storage of node.storage) {
    if (!storage.active) continue;
    sum += storage.usage_pct;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
};

/**
 * Health of a node, lower is healthier, nominally 0-100: `0.40·cpu + 0.15·mem + 0.25·iowait + 0.10·load per core + 0.10·storage`,
 * CPU and I/O wait blended. I/O wait counts 0 on an exempt node.
 */
export const healthScore = (node: Node, config: PenaltyConfig, load = blendedLoad(node, config)): number => {
  const iowait = node.iowait_exempt && config.iowait_exempt_enabled ? 0 : load.iowait;
  const perCore = node.cpu_cores > 0 ? (100 * node.metrics.avg_load) / node.cpu_cores : 0;
  return 0.4 * load.cpu + 0.15 * load.mem + 0.25 * iowait + 0.1 * perCore + 0.1 * storageScore(node);
};

/** Health of the cluster, 0-100, higher is healthier: `max(0, 100 − mean health score of online nodes)`, one decimal. */
export const clusterHealth = (nodes: readonly Node[], config: PenaltyConfig): number => {
  const scores = nodes.filter((node) => node.status === 'online').map((node) => healthScore(node, config));
  return scores.length === 0 ? 0 : roundTo(Math.max(0, 100 - mean(scores)), 1);
};
