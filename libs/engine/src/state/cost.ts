import type { Guest, Thresholds } from '@proxbalance/contracts';
import { migrationEffort } from '../cost-benefit.ts';
import type { Load } from '../load.ts';
import type { ClusterState } from './cluster-state.ts';
import { addedLoad, type NodeState } from './node-state.ts';
import { heat } from './pressure.ts';

/*
 * What a distribution of guests costs the cluster. Every term is convex in the load of one node, so a move from a busy node
 * to a quiet one lowers the sum, the opposite raises it, and nothing jumps when a threshold is crossed.
 */

/** Load above a threshold counts this many times more. */
const EXCESS = 9;
/** Memory may be promised to this many times before it costs. */
const OVERCOMMIT_FREE = 1.2;
/** Cost that a move must save for each unit of its effort (about a minute of live migration). */
const COST_PER_EFFORT = 0.05;

/** Sizes of an average node, which weigh the nodes against each other. */
export type Scale = { cores: number; memGb: number };

/** The average node of a cluster, of those that are online. */
export const scaleOf = (state: ClusterState): Scale => {
  const online = state.nodes.filter((node) => node.node.status === 'online');
  const count = Math.max(1, online.length);
  return {
    cores: Math.max(1, online.reduce((sum, { base }) => sum + base.cpu_cores, 0) / count),
    memGb: Math.max(1, online.reduce((sum, { base }) => sum + base.total_mem_gb, 0) / count),
  };
};

/**
 * Cost of a node under a load: for CPU and memory `size · (load² + 9·excess²)`, size relative to the average node, for I/O
 * wait the same without size, for memory promised beyond 1.2 times `9·excess²`; loads as shares, the sum times 100.
 */
const nodeCost = (node: NodeState, load: Load, committed: number, t: Thresholds, scale: Scale): number =>
  100 *
  ((node.base.cpu_cores / scale.cores) * convex(load.cpu, t.cpu_threshold) +
    (node.base.total_mem_gb / scale.memGb) *
      (convex(load.mem, t.mem_threshold) + EXCESS * Math.max(0, committed - OVERCOMMIT_FREE) ** 2) +
    (node.ioExempt ? 0 : convex(load.iowait, t.iowait_threshold)));

/** Cost of the whole cluster: all nodes that are online and not in maintenance. */
export const clusterCost = (state: ClusterState, t: Thresholds, scale: Scale): number =>
  state.nodes
    .filter((node) => node.node.status === 'online' && !node.maintenance)
    .reduce((sum, node) => sum + nodeCost(node, node.load, node.node.mem_overcommit_ratio, t, scale), 0);

/** What a move saves the cluster, after the effort it takes; null when the target would end as hot as the source is. */
export const worthOf = (
  guest: Guest,
  source: NodeState,
  target: NodeState,
  t: Thresholds,
  scale: Scale,
): number | null => {
  const come = changed(target, guest, 1);
  if (heat(come.load, target.ioExempt, t) >= heat(source.load, source.ioExempt, t)) return null;
  const left = changed(source, guest, -1);
  const before = costNow(source, t, scale) + costNow(target, t, scale);
  const after =
    nodeCost(source, left.load, left.committed, t, scale) + nodeCost(target, come.load, come.committed, t, scale);
  return before - after - COST_PER_EFFORT * migrationEffort(guest).cost;
};

const costNow = (node: NodeState, t: Thresholds, scale: Scale): number =>
  nodeCost(node, node.load, node.node.mem_overcommit_ratio, t, scale);

const changed = (node: NodeState, guest: Guest, sign: 1 | -1): { load: Load; committed: number } => {
  const added = addedLoad(guest, node.base);
  const promised =
    guest.status === 'running' && node.base.total_mem_gb > 0 ? guest.mem_max_gb / node.base.total_mem_gb : 0;
  return {
    load: {
      cpu: Math.max(0, node.load.cpu + sign * added.cpu),
      mem: Math.max(0, node.load.mem + sign * added.mem),
      iowait: Math.max(0, node.load.iowait + sign * added.iowait),
    },
    committed: Math.max(0, node.node.mem_overcommit_ratio + sign * promised),
  };
};

const convex = (percent: number, threshold: number): number =>
  (percent / 100) ** 2 + EXCESS * Math.max(0, (percent - threshold) / 100) ** 2;
