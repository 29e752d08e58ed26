import type { Migration } from '@proxbalance/contracts';
import type { ClusterResources, ResourceGuest, ResourceNode, ResourceStorage, Task } from '@proxbalance/proxmox';
import type { LiveView } from '../checks/check.ts';
import { type MigrationRecord, newRecord } from '../store/record.ts';

/* Builders for tests: each shows only what matters to it. */

export const gib = 2 ** 30;

export const migration = (more: Partial<Migration> = {}): Migration => ({
  migration_id: '3e9c8a52-6f4f-4d3c-9d52-0c6f3f2a7b11',
  vmid: 100,
  name: 'web',
  type: 'VM',
  source_node: 'pve1',
  target_node: 'pve2',
  state: 'verifying',
  trigger: 'manual',
  requested_by: 'test',
  requested_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:01.000Z',
  finished_at: null,
  task_id: 'UPID:pve1:00001000:00000001:69A1B2C3:qmigrate:100:a@pve!b:',
  child_task_id: null,
  progress: null,
  waiting_for: null,
  checks: [],
  final_node: null,
  warnings: false,
  cancel_requested: false,
  error: null,
  timeline: [],
  ...more,
});

export const record = (of: Partial<Migration> = {}, own: Partial<MigrationRecord> = {}): MigrationRecord => ({
  ...newRecord(migration(of)),
  ...own,
});

export const guest = (more: Partial<ResourceGuest> = {}): ResourceGuest => ({
  vmid: 100,
  kind: 'qemu',
  node: 'pve1',
  status: 'running',
  name: 'web',
  template: false,
  uptimeSeconds: 1000,
  cpuRatio: 0.5,
  vcpus: 2,
  memUsedBytes: gib,
  memHostBytes: gib,
  memTotalBytes: 4 * gib,
  diskUsedBytes: 0,
  diskTotalBytes: 32 * gib,
  netInBytes: 0,
  netOutBytes: 0,
  diskReadBytes: 0,
  diskWrittenBytes: 0,
  tags: [],
  pool: null,
  lock: null,
  haState: null,
  ...more,
});

export const node = (name: string, more: Partial<ResourceNode> = {}): ResourceNode => ({
  name,
  status: 'online',
  uptimeSeconds: 1000,
  cpuRatio: 0.5,
  threads: 10,
  memUsedBytes: 32 * gib,
  memTotalBytes: 64 * gib,
  rootUsedBytes: gib,
  rootTotalBytes: 10 * gib,
  haState: null,
  ...more,
});

export const store = (on: string, storage: string, more: Partial<ResourceStorage> = {}): ResourceStorage => ({
  storage,
  node: on,
  type: storage.startsWith('shared') ? 'rbd' : 'lvmthin',
  status: 'available',
  shared: storage.startsWith('shared'),
  content: ['images'],
  usedBytes: 10 * gib,
  totalBytes: 100 * gib,
  ...more,
});

export const task = (more: Partial<Task> = {}): Task => ({
  upid: 'UPID:pve1:00001000:00000001:69A1B2C3:qmigrate:100:a@pve!b:',
  node: 'pve1',
  type: 'qmigrate',
  id: '100',
  vmid: 100,
  user: 'a@pve',
  tokenId: 'b',
  startedAt: new Date(0),
  endedAt: null,
  running: true,
  exitStatus: null,
  ...more,
});

export const resources = (more: Partial<ClusterResources> = {}): ClusterResources => ({
  nodes: [node('pve1'), node('pve2')],
  guests: [guest()],
  storages: ['pve1', 'pve2'].flatMap((name) => [store(name, 'shared1'), store(name, 'local-lvm')]),
  malformed: [],
  ...more,
});

export const config = (raw: Record<string, string | number> = {}): LiveView['config'] => ({
  digest: null,
  lock: typeof raw.lock === 'string' ? raw.lock : null,
  raw: { scsi0: 'shared1:vm-100-disk-0,size=32G', ...raw },
});

export const view = (more: Partial<LiveView> = {}): LiveView => {
  const read = more.resources ?? resources();
  return {
    resources: read,
    guest: read.guests.find((row) => row.vmid === 100) ?? null,
    config: config(),
    status: {
      name: 'lab',
      standalone: false,
      quorate: true,
      nodes: ['pve1', 'pve2', 'pve3'].map((name, index) => ({
        name,
        nodeId: index,
        ip: null,
        local: false,
        online: true,
      })),
    },
    tasks: [],
    troubles: [],
    ...more,
  };
};
