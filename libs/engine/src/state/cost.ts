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

/** What moving a guest to one of the nodes saves the cluster; null when the target would end as hot as the source is. */
export type Weigh = (target: NodeState) => number | null;

/** What a guest's moves save, after the effort they take. What its leaving brings is worked out once for all targets. */
export const weigher = (guest: Guest, source: NodeState, t: Thresholds, scale: Scale): Weigh => {
  const limit = heat(source.load, source.ioExempt, t);
  const saving = saver(guest, source, t, scale);
  return (target) => {
    // What comes on top only makes it hotter.
    if (heat(target.load, target.ioExempt, t) >= limit) return null;
    const load = loadWith(target, guest, 1);
    return heat(load, target.ioExempt, t) >= limit ? null : saving(target, load);
  };
};

/** The same whatever the target ends up as: a move for other reasons than load may go from a quiet node to a busier one. */
export const saver = (guest: Guest, source: NodeState, t: Thresholds, scale: Scale) => {
  const relief = costNow(source, t, scale) - costUnder(loadWith(source, guest, -1), source, guest, -1, t, scale);
  const effort = effortCost(guest);
  return (target: NodeState, load = loadWith(target, guest, 1)): number =>
    relief + costNow(target, t, scale) - costUnder(load, target, guest, 1, t, scale) - effort;
};

/** What a move must save to be worth its effort. */
export const effortCost = (guest: Guest): number => COST_PER_EFFORT * migrationEffort(guest).cost;

const costNow = (node: NodeState, t: Thresholds, scale: Scale): number => {
  if (node.cost.load !== node.load)
    node.cost = { load: node.load, value: nodeCost(node, node.load, node.node.mem_overcommit_ratio, t, scale) };
  return node.cost.value;
};

/** Cost of a node under the load it has with the guest (sign 1) or without it (sign −1). */
const costUnder = (load: Load, node: NodeState, guest: Guest, sign: 1 | -1, t: Thresholds, scale: Scale): number => {
  const runs = guest.status === 'running' && node.base.total_mem_gb > 0;
  const promised = runs ? guest.mem_max_gb / node.base.total_mem_gb : 0;
  return nodeCost(node, load, Math.max(0, node.node.mem_overcommit_ratio + sign * promised), t, scale);
};

/** Load of a node with a guest more (sign 1) or less (sign −1), percent. */
export const loadWith = (node: NodeState, guest: Guest, sign: 1 | -1): Load => {
  const load = addedLoad(guest, node.base);
  load.cpu = Math.max(0, node.load.cpu + sign * load.cpu);
  load.mem = Math.max(0, node.load.mem + sign * load.mem);
  load.iowait = Math.max(0, node.load.iowait + sign * load.iowait);
  return load;
};

const convex = (percent: number, threshold: number): number =>
  (percent / 100) ** 2 + EXCESS * Math.max(0, (percent - threshold) / 100) ** 2;
