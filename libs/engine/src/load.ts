import type { Guest, GuestProfile, Node, PenaltyConfig } from '@proxbalance/contracts';
import { clamp, MIB } from './numbers.ts';

/** Load of a node, or what a guest adds to one: percent of that node. */
export type Load = { cpu: number; mem: number; iowait: number };

/** The part of a guest that makes load. */
export type GuestUse = Pick<
  Guest,
  'cpu_current' | 'cpu_cores' | 'mem_used_gb' | 'mem_max_gb' | 'disk_read_bps' | 'disk_write_bps'
>;

/** The part of a guest's profile that predictions use; `behavior` other than bursty and growing changes nothing. */
export type GuestHabit = Pick<GuestProfile, 'behavior' | 'peak_multiplier' | 'growth_rate_per_day'>;

/** A guest without load: what a node is scored with when no particular guest is meant. */
export const neutralGuest: GuestUse = {
  cpu_current: 0,
  cpu_cores: 1,
  mem_used_gb: 0,
  mem_max_gb: 0,
  disk_read_bps: 0,
  disk_write_bps: 0,
};

/** Disk traffic of a guest, MiB/s. */
export const diskMibps = (guest: Pick<Guest, 'disk_read_bps' | 'disk_write_bps'>): number =>
  ((guest.disk_read_bps ?? 0) + (guest.disk_write_bps ?? 0)) / MIB;

/**
 * Load of a node, percent. CPU and I/O wait are `w_current·now + w_24h·day + w_7d·week` (now alone without history);
 * memory is always the current value, as history would show guests that have left.
 */
export const blendedLoad = (node: Node, config: PenaltyConfig): Load => {
  const m = node.metrics;
  if (!m.has_historical) return { cpu: m.current_cpu, mem: m.current_mem, iowait: m.current_iowait };
  const { weight_current: now, weight_24h: day, weight_7d: week } = config;
  return {
    cpu: now * m.current_cpu + day * m.avg_cpu + week * m.avg_cpu_week,
    mem: m.current_mem,
    iowait: now * m.current_iowait + day * m.avg_iowait + week * m.avg_iowait_week,
  };
};

/**
 * What a guest adds to a node, percent: `cpu·guest cores / node cores` (times its peak or growth), memory in use over the
 * node's memory, and 0.05 points of I/O wait for each MiB/s of disk traffic, 20 at most.
 */
export const guestLoad = (guest: GuestUse, node: Node, profile?: GuestHabit | null): Load => ({
  cpu: node.cpu_cores > 0 ? ((guest.cpu_current * guest.cpu_cores) / node.cpu_cores) * stretch(profile) : 0,
  mem: node.total_mem_gb > 0 ? (100 * guest.mem_used_gb) / node.total_mem_gb : 0,
  iowait: Math.min(20, 0.05 * diskMibps(guest)),
});

export type PredictOptions = {
  /** false: the guest leaves the node */
  adding: boolean;
  config: PenaltyConfig;
  profile?: GuestHabit | null | undefined;
  /** Guests already on their way to the node */
  pending?: readonly GuestUse[] | undefined;
  /** Load of the node before, where it has been worked out already */
  blended?: Load | undefined;
};

/** Load of a node after a guest came (at most 100) or left (at least 0), pending guests added in turn; percent. */
export const predictLoad = (node: Node, guest: GuestUse, options: PredictOptions): Load => {
  const base = options.blended ?? blendedLoad(node, options.config);
  const own = guestLoad(guest, node, options.profile);
  let load = options.adding ? plus(base, own) : minus(base, own);
  for (const arriving of options.pending ?? []) load = plus(load, guestLoad(arriving, node));
  return load;
};

const stretch = (profile: GuestHabit | null | undefined): number => {
  if (profile?.behavior === 'bursty') return Math.max(1, 0.8 * profile.peak_multiplier);
  if (profile?.behavior === 'growing') return clamp(1 + 0.02 * profile.growth_rate_per_day, 1, 2);
  return 1;
};

const plus = (a: Load, b: Load): Load => ({
  cpu: Math.min(100, a.cpu + b.cpu),
  mem: Math.min(100, a.mem + b.mem),
  iowait: Math.min(100, a.iowait + b.iowait),
});

const minus = (a: Load, b: Load): Load => ({
  cpu: Math.max(0, a.cpu - b.cpu),
  mem: Math.max(0, a.mem - b.mem),
  iowait: Math.max(0, a.iowait - b.iowait),
});
