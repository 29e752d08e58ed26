import type { Guest, Node, PenaltyConfig } from '@proxbalance/contracts';
import { isLocalDisk } from '../cost-benefit.ts';
import { blendedLoad, diskMibps, guestLoad, type Load } from '../load.ts';
import { clamp } from '../numbers.ts';
import type { Limits, TierTables } from '../penalties/penalty.ts';
import { type NodeFacts, nodeFacts, standingOf } from '../target-score.ts';
import type { TrendFacts } from '../trend.ts';

/** One node as it would be after the moves so far. Changes in place, within one judgement only. */
export type NodeState = {
  readonly name: string;
  /** As it was read */
  readonly base: Node;
  /** Why it takes no guest; null: it may */
  readonly unusable: string | null;
  readonly maintenance: boolean;
  /** I/O wait of the node counts for nothing */
  readonly ioExempt: boolean;
  /** With the moves so far */
  node: Node;
  /** Load with the moves so far, percent: blended CPU and I/O wait, current memory; may exceed 100 */
  load: Load;
  /** Score as a target of a guest that adds nothing: none scores better, but for the slack */
  standing: { score: number; slack: number };
  /** What every score of the node takes from it */
  facts: NodeFacts;
  /** What the node costs the cluster under `load`; of another load: not worked out yet */
  cost: { load: Load | null; value: number };
  /** Moves so far when it last changed */
  changedAt: number;
  /** Memory in use, GiB */
  usedGb: number;
  /** What arriving guests may still claim beyond what they use, GiB */
  reservedGb: number;
  /** The same by guest */
  readonly claims: Map<number, number>;
  /** Trend analysis of the node; null: nothing is known about trends */
  readonly trend: TrendFacts | null;
  /** Guests on the node, by id */
  readonly guests: Set<number>;
  /** How many guests on the node carry an exclude_ or affinity_ tag */
  readonly tags: Map<string, number>;
  /** Guests on the node whose tags could not be read */
  untold: number;
  /** Disk traffic of the node's running guests, MiB/s, and how many they are */
  readonly disk: { mibps: number; guests: number };
  readonly moved: { load: Load; committedGb: number };
};

/** What a score depends on besides the node. */
export type Rules = {
  config: PenaltyConfig;
  thresholds: Limits;
  /** Trend of each node, by name */
  trends?: Readonly<Record<string, TrendFacts>> | undefined;
  /** Tiers of the penalties under these rules */
  tables?: TierTables | undefined;
};

/** What a guest adds to a node, percent; a guest that does not run adds nothing. */
export const addedLoad = (guest: Guest, node: Node): Load =>
  guest.status === 'running' ? guestLoad(guest, node) : { cpu: 0, mem: 0, iowait: 0 };

/** Put a guest on the node (sign 1) or take it away (sign −1): load, memory and local disks. */
export const shift = (state: NodeState, guest: Guest, sign: 1 | -1, rules: Rules): void => {
  const added = addedLoad(guest, state.base);
  const { load } = state.moved;
  load.cpu += sign * added.cpu;
  load.mem += sign * added.mem;
  load.iowait += sign * added.iowait;
  if (guest.status === 'running') {
    countDisk(state, guest, sign);
    state.moved.committedGb += sign * guest.mem_max_gb;
    state.usedGb = Math.max(0, state.usedGb + sign * guest.mem_used_gb);
    reserve(state, guest, sign);
  }
  if (sign === 1) state.guests.add(guest.vmid);
  else state.guests.delete(guest.vmid);
  state.node = movedNode(state, storageWith(state.node, guest, sign));
  refresh(state, rules);
};

/** A guest that arrives may claim more than it uses; when it goes on, its claim goes with it. */
const reserve = (state: NodeState, guest: Guest, sign: 1 | -1): void => {
  const claim = sign === 1 ? Math.max(0, guest.mem_max_gb - guest.mem_used_gb) : -(state.claims.get(guest.vmid) ?? 0);
  state.reservedGb = Math.max(0, state.reservedGb + claim);
  if (sign === 1) state.claims.set(guest.vmid, claim);
  else state.claims.delete(guest.vmid);
};

/** What a node is like now: calling the answer makes it so again. */
export const remember = (state: NodeState): (() => void) => {
  const { node, load, standing, facts, cost, usedGb, reservedGb, untold } = state;
  const kept = { guests: [...state.guests], tags: [...state.tags], claims: [...state.claims] };
  const disk = { ...state.disk };
  const moved = { load: { ...state.moved.load }, committedGb: state.moved.committedGb };
  return () => {
    Object.assign(state, { node, load, standing, facts, cost, usedGb, reservedGb, untold });
    refill(state.guests, kept.guests, (vmid) => state.guests.add(vmid));
    refill(state.tags, kept.tags, ([tag, count]) => state.tags.set(tag, count));
    refill(state.claims, kept.claims, ([vmid, claim]) => state.claims.set(vmid, claim));
    Object.assign(state.disk, disk);
    Object.assign(state.moved, moved);
  };
};

const refill = <T>(into: { clear: () => void }, values: readonly T[], put: (value: T) => void): void => {
  into.clear();
  for (const value of values) put(value);
};

/** Count a running guest's disk traffic in (sign 1) or out (sign −1). */
export const countDisk = ({ disk }: NodeState, guest: Guest, sign: 1 | -1): void => {
  disk.mibps += sign * diskMibps(guest);
  disk.guests += sign;
};

/** Work out what follows from the node: load and standing score. */
export const refresh = (state: NodeState, rules: Rules): void => {
  const base = blendedLoad(state.base, rules.config);
  const { load } = state.moved;
  state.load = {
    cpu: Math.max(0, base.cpu + load.cpu),
    mem: Math.max(0, base.mem + load.mem),
    iowait: Math.max(0, base.iowait + load.iowait),
  };
  state.facts = nodeFacts(state.node, rules.config);
  state.standing = standingOf({ node: state.node, trend: state.trend, facts: state.facts, ...rules });
};

const movedNode = (state: NodeState, storage: Node['storage']): Node => {
  const { base, moved } = state;
  const committed = base.committed_mem_gb + moved.committedGb;
  const ratio = base.mem_overcommit_ratio + (base.total_mem_gb > 0 ? moved.committedGb / base.total_mem_gb : 0);
  const metrics = movedMetrics(base, moved.load);
  return {
    ...base,
    storage,
    metrics,
    cpu_percent: metrics.current_cpu,
    mem_percent: metrics.current_mem,
    guests: [...state.guests],
    committed_mem_gb: Math.max(0, committed),
    mem_overcommit_ratio: Math.max(0, ratio),
  };
};

/** Averages and maxima move along with the current values: the best guess of what the node will be like. */
const movedMetrics = ({ metrics: m, cpu_cores }: Node, { cpu, mem, iowait }: Load): Node['metrics'] => ({
  ...m,
  current_cpu: within(m.current_cpu + cpu),
  avg_cpu: within(m.avg_cpu + cpu),
  max_cpu: within(m.max_cpu + cpu),
  avg_cpu_week: within(m.avg_cpu_week + cpu),
  max_cpu_week: within(m.max_cpu_week + cpu),
  current_mem: within(m.current_mem + mem),
  avg_mem: within(m.avg_mem + mem),
  max_mem: within(m.max_mem + mem),
  avg_mem_week: within(m.avg_mem_week + mem),
  max_mem_week: within(m.max_mem_week + mem),
  current_iowait: within(m.current_iowait + iowait),
  avg_iowait: within(m.avg_iowait + iowait),
  max_iowait: within(m.max_iowait + iowait),
  avg_iowait_week: within(m.avg_iowait_week + iowait),
  avg_load: Math.max(0, m.avg_load + (cpu * cpu_cores) / 100),
});

const within = (percent: number): number => clamp(percent, 0, 100);

const storageWith = (node: Node, guest: Guest, sign: 1 | -1): Node['storage'] => {
  const local = (guest.disks ?? []).filter(isLocalDisk);
  if (local.length === 0) return node.storage;
  return node.storage.map((storage) => {
    const size = local.reduce((sum, disk) => sum + (disk.storage === storage.storage ? (disk.size_gb ?? 0) : 0), 0);
    if (size === 0 || storage.shared) return storage;
    const used = Math.max(0, storage.used_gb + sign * size);
    const usage = storage.total_gb > 0 ? within((100 * used) / storage.total_gb) : storage.usage_pct;
    return { ...storage, used_gb: used, avail_gb: Math.max(0, storage.avail_gb - sign * size), usage_pct: usage };
  });
};
