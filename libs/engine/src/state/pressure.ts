import type { Guest, Thresholds } from '@proxbalance/contracts';
import { diskMibps, type Load } from '../load.ts';
import type { ClusterState } from './cluster-state.ts';
import { addedLoad, type NodeState } from './node-state.ts';

type Judged = { state: ClusterState; thresholds: Thresholds };

/** Whether a node is busy enough to give guests away: memory from the migration floor, or CPU from its threshold. */
export const isBusy = ({ node: { metrics } }: NodeState, judged: Judged): boolean =>
  isMuch(metrics.current_cpu, metrics.current_mem, judged);

/** Whether a node would have to give guests away, for load or for I/O wait, once it had this one. */
export const wouldBeBusy = (guest: Guest, { node, ioExempt }: NodeState, judged: Judged): boolean => {
  const { current_cpu, current_mem, current_iowait } = node.metrics;
  if (isMuch(current_cpu, current_mem, judged)) return true;
  const added = addedLoad(guest, node);
  if (isMuch(current_cpu + added.cpu, current_mem + added.mem, judged)) return true;
  return !ioExempt && current_iowait + added.iowait > judged.thresholds.iowait_threshold;
};

const isMuch = (cpu: number, mem: number, { state, thresholds }: Judged): boolean =>
  mem >= state.rules.config.source_mem_migration_floor || cpu >= thresholds.cpu_threshold;

/** Whether a node waits for its disks: I/O wait above its threshold now and above 0.7 of it over the day, not exempt. */
export const isIoStressed = ({ node, maintenance, ioExempt }: NodeState, { thresholds }: Judged): boolean =>
  node.status === 'online' &&
  !maintenance &&
  !ioExempt &&
  node.metrics.current_iowait > thresholds.iowait_threshold &&
  node.metrics.avg_iowait > 0.7 * thresholds.iowait_threshold;

/** Whether moving this guest relieves the disks: it does at least as much I/O as the node's guests on average. */
export const drivesIo = (guest: Guest, source: NodeState): boolean => {
  const own = diskMibps(guest);
  return own > 0 && own * source.disk.guests >= source.disk.mibps - 1e-9;
};

/**
 * Whether the cluster needs no balancing: no node above a threshold, and CPU and memory each spread over less than the
 * convergence threshold, in points. Nodes in maintenance do not count; one node alone is never out of balance.
 */
export const isConverged = (judged: Judged): boolean => {
  const { state, thresholds } = judged;
  const nodes = state.nodes.filter((node) => node.node.status === 'online' && !node.maintenance);
  if (nodes.some((node) => isIoStressed(node, judged))) return false;
  const cpu = nodes.map((node) => node.load.cpu);
  const mem = nodes.map((node) => node.load.mem);
  if (cpu.some((value) => value > thresholds.cpu_threshold)) return false;
  if (mem.some((value) => value > thresholds.mem_threshold)) return false;
  const limit = state.rules.config.cluster_convergence_threshold;
  return nodes.length < 2 || (spread(cpu) < limit && spread(mem) < limit);
};

/** How hot a load is: its worst resource as a share of its threshold; 1 is at the threshold. */
export const heat = (load: Load, exempt: boolean, t: Thresholds): number =>
  Math.max(load.cpu / t.cpu_threshold, load.mem / t.mem_threshold, exempt ? 0 : load.iowait / t.iowait_threshold);

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
