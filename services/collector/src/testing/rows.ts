import type {
  ConfigFacts,
  NodeSample,
  ResourceGuest,
  ResourceNode,
  ResourceStorage,
  Surroundings,
} from '@proxbalance/proxmox';
import type { HaKnowledge } from '../derive/ha-knowledge.ts';

/* Builders for tests: each shows only what matters to it. */

const gib = 2 ** 30;

export const guestRow = (more: Partial<ResourceGuest> = {}): ResourceGuest => ({
  vmid: 100,
  kind: 'qemu',
  node: 'pve1',
  status: 'running',
  name: 'web',
  template: false,
  uptimeSeconds: 1000,
  cpuRatio: 0.25,
  vcpus: 4,
  memUsedBytes: gib,
  memHostBytes: gib,
  memTotalBytes: 4 * gib,
  diskUsedBytes: 0,
  diskTotalBytes: 32 * gib,
  netInBytes: 1000,
  netOutBytes: 2000,
  diskReadBytes: 3000,
  diskWrittenBytes: 4000,
  tags: [],
  pool: null,
  lock: null,
  haState: null,
  ...more,
});

export const nodeRow = (more: Partial<ResourceNode> = {}): ResourceNode => ({
  name: 'pve1',
  status: 'online',
  uptimeSeconds: 5000,
  cpuRatio: 0.5,
  threads: 16,
  memUsedBytes: 32 * gib,
  memTotalBytes: 64 * gib,
  rootUsedBytes: gib,
  rootTotalBytes: 100 * gib,
  haState: null,
  ...more,
});

export const storageRow = (more: Partial<ResourceStorage> = {}): ResourceStorage => ({
  storage: 'ceph1',
  node: 'pve1',
  type: 'rbd',
  status: 'available',
  shared: true,
  content: ['images'],
  usedBytes: 25 * gib,
  totalBytes: 100 * gib,
  ...more,
});

export const nodeSample = (seconds: number, more: Partial<NodeSample> = {}): NodeSample => ({
  at: new Date(seconds * 1000),
  cpuRatio: 0.5,
  iowaitRatio: 0.01,
  loadAverage: 2,
  threads: 16,
  memTotalBytes: 100,
  memUsedBytes: 40,
  memAvailableBytes: null,
  arcBytes: null,
  swapTotalBytes: null,
  swapUsedBytes: null,
  rootTotalBytes: null,
  rootUsedBytes: null,
  netInBytesPerSecond: null,
  netOutBytesPerSecond: null,
  pressure: {
    cpuSomePercent: null,
    ioSomePercent: null,
    ioFullPercent: null,
    memorySomePercent: null,
    memoryFullPercent: null,
  },
  ...more,
});

/** A row of which nothing but the time is there. */
export const gap = (seconds: number): NodeSample =>
  nodeSample(seconds, {
    cpuRatio: null,
    iowaitRatio: null,
    loadAverage: null,
    memTotalBytes: null,
    memUsedBytes: null,
  });

export const configFacts = (more: Partial<ConfigFacts> = {}): ConfigFacts => ({
  name: 'web',
  memoryGib: 4,
  vcpus: 4,
  mountPoints: {
    mount_points: [],
    has_mount_points: false,
    has_bind_mount: false,
    has_storage_mount: false,
    has_shared_mount: false,
    has_unshared_bind_mount: false,
    mount_count: 0,
  },
  localDisks: {
    passthrough_disks: [],
    has_passthrough: false,
    is_pinned: false,
    pinned_reason: null,
    passthrough_count: 0,
    total_pinned_disks: 0,
  },
  disks: [{ key: 'scsi0', storage: 'ceph1', volume: 'ceph1:vm-100-disk-0', size_gb: 32, is_cdrom: false }],
  localDevices: [],
  liveBlockers: [],
  balloonGib: null,
  cpuModel: null,
  agentEnabled: true,
  hasSnapshots: false,
  ...more,
});

/** A node that is up, in a cluster with quorum, with all its storages. */
export const allWell: Surroundings = {
  nodeStatus: 'online',
  quorate: true,
  isStorageDown: () => false,
  storageType: () => 'rbd',
};

/** Nothing is in HA. */
export const noHa: HaKnowledge = { resources: new Map(), areRulesRead: true, hold: () => null };
