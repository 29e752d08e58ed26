import type { Guest, Node, Recommendation } from '@proxbalance/contracts';
import type { RecommendInput } from '../recommend/problem.ts';
import { aGuest, aNode, noMountPoints, withTags } from './build.ts';

/** A cluster that makes one kind of recommendation, and what is true of that kind alone. */
export type Kind = {
  nodes: Node[];
  guests: Guest[];
  parts?: Partial<RecommendInput>;
  /** What is true of one kind alone */
  own: Partial<Recommendation> & { vmid: number; primary: string; factor: string };
};

const small = { cpu_current: 10, cpu_cores: 1, mem_used_gb: 1, mem_max_gb: 1 };
const app = withTags('affinity_app');
const quiet = aNode({ name: 'pve2', cpu: 20, mem: 30 });
const spread = { enabled: true, guest_count_threshold: 2, max_cpu_cores: 2, max_memory_gb: 4 };
const localDisk = { key: 'scsi0', storage: 'ceph', volume: 'v', size_gb: 60, is_cdrom: false, is_shared: false };
const folder = { key: 'mp0', config: '/srv', is_bind_mount: true, source: '/srv', mount_path: '/srv', is_shared: true };
const sharedFolder = {
  ...noMountPoints(),
  ...{ has_mount_points: true, has_bind_mount: true, has_shared_mount: true, mount_count: 1, mount_points: [folder] },
};

/** One cluster for each kind of recommendation there is. */
export const kinds: Record<string, Kind> = {
  'relief of CPU': {
    nodes: [aNode({ cpu: 85, mem: 40 }), quiet],
    guests: [aGuest()],
    own: { vmid: 100, primary: 'cpu_imbalance', factor: 'source_cpu', command: 'qm migrate 100 pve2 --online' },
  },
  'relief of memory': {
    nodes: [aNode({ cpu: 30, mem: 90 }), quiet],
    guests: [aGuest({ cpu_current: 5, mem_used_gb: 16, mem_max_gb: 16 })],
    own: { vmid: 100, primary: 'mem_imbalance', factor: 'source_mem', mem_gb: 16 },
  },
  'relief of CPU under low thresholds': {
    nodes: [aNode({ cpu: 45, mem: 30 }), aNode({ name: 'pve2', cpu: 15, mem: 30 })],
    guests: [aGuest({ mem_used_gb: 1, mem_max_gb: 1 })],
    parts: { thresholds: { cpu_threshold: 25, mem_threshold: 35, iowait_threshold: 10 } },
    own: { vmid: 100, primary: 'cpu_imbalance', factor: 'target_cpu_headroom' },
  },
  'relief of disks': {
    nodes: [aNode({ cpu: 30, mem: 40, iowait: 38 }), quiet],
    guests: [aGuest({ disk_write_bps: 314_572_800 }), aGuest({ vmid: 101 })],
    own: { vmid: 100, primary: 'iowait_relief', factor: 'source_iowait', priority: 'high' },
  },
  'relief of disks under a low threshold': {
    nodes: [aNode({ cpu: 40, mem: 40, iowait: 14 }), aNode({ name: 'pve2', cpu: 30, mem: 35 })],
    guests: [aGuest({ disk_write_bps: 157_286_400, cpu_current: 5, mem_used_gb: 1, mem_max_gb: 1 })],
    parts: { thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 10 } },
    own: { vmid: 100, primary: 'iowait_relief', factor: 'source_iowait' },
  },
  'evacuation of a machine': {
    nodes: [aNode({ cpu: 10 }), quiet],
    guests: [aGuest({ disks: [localDisk] })],
    parts: { maintenanceNodes: ['pve1'] },
    own: {
      vmid: 100,
      primary: 'maintenance_evacuation',
      factor: 'maintenance',
      priority: 'critical',
      command: 'qm migrate 100 pve2 --online --with-local-disks',
    },
  },
  'evacuation of a stopped container': {
    nodes: [aNode({ cpu: 10 }), quiet],
    guests: [aGuest({ type: 'CT', status: 'stopped', mount_points: sharedFolder })],
    parts: { maintenanceNodes: ['pve1'] },
    own: {
      vmid: 100,
      primary: 'maintenance_evacuation',
      factor: 'maintenance',
      command: 'pct migrate 100 pve2',
      mount_point_info: {
        has_mount_points: true,
        mount_count: 1,
        has_shared_mount: true,
        has_unshared_bind_mount: false,
        mount_paths: ['/srv'],
      },
    },
  },
  'even numbers of guests': {
    nodes: [aNode({ cpu: 15, mem: 15 }), aNode({ name: 'pve2', cpu: 10, mem: 10 })],
    guests: [100, 101, 102, 103].map((vmid) => aGuest({ vmid, ...small })),
    parts: { distribution: spread },
    own: {
      vmid: 100,
      primary: 'distribution_balancing',
      factor: 'source_guests',
      distribution_balancing: true,
    },
  },
  'the one that its affinity group follows': {
    nodes: [aNode({ cpu: 80, mem: 50 }), aNode({ name: 'pve2', cpu: 10, mem: 20 })],
    guests: [aGuest({ tags: app, cpu_current: 60 }), aGuest({ vmid: 101, tags: app, cpu_current: 40 })],
    own: {
      vmid: 100,
      primary: 'cpu_imbalance',
      factor: 'source_cpu',
      affinity_group: 'affinity_app',
      affinity_companions: [101],
    },
  },
  'the companion of an affinity group': {
    nodes: [aNode({ cpu: 80, mem: 50 }), aNode({ name: 'pve2', cpu: 10, mem: 20 })],
    guests: [aGuest({ tags: app, cpu_current: 60 }), aGuest({ vmid: 101, tags: app, cpu_current: 40 })],
    own: {
      vmid: 101,
      primary: 'affinity_companion',
      factor: 'affinity_group',
      affinity_group: 'affinity_app',
      affinity_leader_vmid: 100,
    },
  },
  'part of a conflict': {
    nodes: [aNode({ cpu: 60 }), aNode({ name: 'pve2', cpu: 45, mem: 10 })],
    guests: [100, 101].map((vmid) => aGuest({ vmid, cpu_current: 100, mem_used_gb: 4, mem_max_gb: 4 })),
    parts: { maintenanceNodes: ['pve1'] },
    own: {
      vmid: 100,
      primary: 'maintenance_evacuation',
      factor: 'maintenance',
      has_conflict: true,
      conflict_target: 'pve2',
    },
  },
};
