import type { Guest, Recommendation } from '@proxbalance/contracts';
import { diskMibps } from './load.ts';
import { roundTo } from './numbers.ts';

type MovedGuest = Pick<Guest, 'type' | 'mem_max_gb' | 'disk_read_bps' | 'disk_write_bps' | 'mount_points' | 'disks'>;

/** What one minute copies of a disk that no other node can see: about 100 MiB/s. */
const LOCAL_DISK_GIB_PER_MINUTE = 6;

/** Whether a disk has to be copied when its guest moves. */
export const isLocalDisk = (disk: { is_cdrom: boolean; is_shared: boolean | null }): boolean =>
  !disk.is_cdrom && disk.is_shared !== true;

/**
 * Effort of a move: minutes it takes, `max(1, memory/4) + disk MiB/s / 50` (half of it for a container) plus the copying of
 * local disks, and its cost, the minutes times how much they disturb (1.5 for a container's restart, 1.3 more above 32 GiB).
 */
export const migrationEffort = (guest: MovedGuest): { minutes: number; cost: number } => {
  const container = guest.type === 'CT';
  const copied = (guest.disks ?? []).filter(isLocalDisk).reduce((sum, disk) => sum + (disk.size_gb ?? 0), 0);
  const live = Math.max(1, guest.mem_max_gb / 4) + diskMibps(guest) / 50;
  const minutes = (container ? live / 2 : live) + copied / LOCAL_DISK_GIB_PER_MINUTE;
  const restart = container && !guest.mount_points?.has_shared_mount ? 1.5 : 1;
  return { minutes, cost: minutes * restart * (guest.mem_max_gb > 32 ? 1.3 : 1) };
};

/** Whether a move is worth it: `(0.7·improvement + 0.3·confidence) / cost`, viable from 1. */
export const costBenefit = (
  guest: MovedGuest,
  { improvement, confidence }: { improvement: number; confidence: number },
): Recommendation['cost_benefit'] => {
  const benefit = 0.7 * improvement + 0.3 * confidence;
  const { minutes, cost } = migrationEffort(guest);
  const ratio = benefit / Math.max(cost, 0.1);
  return {
    ratio: roundTo(ratio, 2),
    benefit_score: roundTo(benefit, 1),
    cost_score: roundTo(cost, 1),
    est_duration_minutes: roundTo(minutes, 1),
    viable: ratio >= 1,
  };
};
