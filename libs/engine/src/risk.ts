import type { Guest, Recommendation } from '@proxbalance/contracts';
import { diskMibps } from './load.ts';
import { MIB, roundTo } from './numbers.ts';

type RiskFactor = Recommendation['risk_factors'][number];
/** The part of a guest that makes moving it risky. */
export type RiskGuest = Pick<
  Guest,
  | 'mem_max_gb'
  | 'disk_read_bps'
  | 'disk_write_bps'
  | 'net_in_bps'
  | 'net_out_bps'
  | 'mount_points'
  | 'disks'
  | 'has_snapshots'
>;
export type MigrationRisk = Pick<Recommendation, 'risk_score' | 'risk_level' | 'risk_factors'>;

/**
 * Risk of moving a guest, 0-100, higher is riskier:
 * `0.30·memory + 0.25·disk traffic + 0.20·storage + 0.15·network traffic + 0.10·cluster health`, each part 0-100.
 */
export const migrationRisk = (guest: RiskGuest, clusterHealth: number): MigrationRisk => {
  const disk = diskMibps(guest);
  const net = ((guest.net_in_bps ?? 0) + (guest.net_out_bps ?? 0)) / MIB;
  const size = atLeast(guest.mem_max_gb, [64, 100], [32, 75], [16, 50], [4, 25], 10);
  const io = atLeast(disk, [100, 100], [50, 75], [20, 50], [5, 25], 5);
  const storage = storageRisk(guest);
  const network = atLeast(net, [100, 90], [50, 65], [10, 35], 10);
  const cluster = below(clusterHealth, [30, 90], [50, 60], [70, 30], 10);
  const score = roundTo(0.3 * size + 0.25 * io + 0.2 * storage + 0.15 * network + 0.1 * cluster, 1);
  return {
    risk_score: score,
    risk_level: score <= 25 ? 'low' : score <= 50 ? 'moderate' : score <= 75 ? 'high' : 'very_high',
    risk_factors: [
      part('guest_memory', `${guest.mem_max_gb.toFixed(1)} GiB`, size, 'Memory to copy while the guest runs'),
      part('disk_io', `${disk.toFixed(1)} MiB/s`, io, 'Disk traffic during the move'),
      part('storage', storageText(guest), storage, 'Disks, snapshots and shared mounts to hand over'),
      part('network_io', `${net.toFixed(1)} MiB/s`, network, 'Network traffic that can be interrupted'),
      part('cluster_health', clusterHealth.toFixed(1), cluster, 'Spare room of the cluster if the move fails'),
    ],
  };
};

const diskCount = (guest: RiskGuest): number => (guest.disks ?? []).filter((disk) => !disk.is_cdrom).length;

const storageRisk = (guest: RiskGuest): number => {
  const disks = diskCount(guest);
  const base = disks > 4 ? 80 : disks > 2 ? 50 : disks > 1 ? 30 : 10;
  const snapshots = guest.has_snapshots ? 20 : 0;
  return Math.min(100, base + snapshots + (guest.mount_points?.has_shared_mount ? 15 : 0));
};

const storageText = (guest: RiskGuest): string => {
  const disks = diskCount(guest);
  return `${disks} ${disks === 1 ? 'disk' : 'disks'}${guest.has_snapshots ? ' with snapshots' : ''}`;
};

const part = (factor: RiskFactor['factor'], value: string, score: number, detail: string): RiskFactor => ({
  factor,
  value,
  risk: score <= 25 ? 'low' : score <= 50 ? 'medium' : score <= 75 ? 'high' : 'very_high',
  risk_score: score,
  detail,
});

type Step = readonly [limit: number, score: number];

const atLeast = (value: number, ...steps: [...Step[], number]): number => pick(steps, (limit) => value >= limit);
const below = (value: number, ...steps: [...Step[], number]): number => pick(steps, (limit) => value < limit);

const pick = (steps: readonly (Step | number)[], fits: (limit: number) => boolean): number => {
  for (const step of steps) {
    if (typeof step === 'number') return step;
    if (fits(step[0])) return step[1];
  }
  return 0;
};
