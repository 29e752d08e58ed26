import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';

type NodeParts = Partial<Omit<Node, 'metrics'>> & {
  /** CPU, memory and I/O wait, percent: now, of the day and of the week alike */
  cpu?: number;
  mem?: number;
  iowait?: number;
  metrics?: Partial<Node['metrics']>;
};

/** A node of 16 cores and 64 GiB, online and idle, with one shared storage at 40 %. */
export const aNode = ({ cpu = 0, mem = 0, iowait = 0, metrics = {}, ...parts }: NodeParts = {}): Node => {
  const cores = parts.cpu_cores ?? 16;
  return {
    name: 'pve1',
    status: 'online',
    cpu_cores: cores,
    total_mem_gb: 64,
    uptime: 864_000,
    cpu_percent: cpu,
    mem_percent: mem,
    pve_version: null,
    pressure: null,
    net_in_bps: null,
    net_out_bps: null,
    mem_available_gb: null,
    arc_gb: null,
    trend_data: { day: [], week: [] },
    storage: [aStorage({})],
    guests: [],
    committed_mem_gb: 32,
    mem_overcommit_ratio: 0.5,
    iowait_exempt: false,
    iowait_exempt_guests: [],
    ha_state: null,
    unknown: [],
    ...parts,
    metrics: { ...steadyMetrics(cpu, mem, iowait, cores), ...metrics },
  };
};

/** A shared storage for disks of both kinds, 1000 GiB, 40 % used. */
export const aStorage = (parts: Partial<Node['storage'][number]>): Node['storage'][number] => ({
  storage: 'ceph',
  type: 'rbd',
  content: 'images,rootdir',
  active: true,
  shared: true,
  total_gb: 1000,
  used_gb: 400,
  avail_gb: 600,
  usage_pct: 40,
  ...parts,
});

/** A running VM of 4 vCPUs and 8 GiB on shared storage, free to move. */
export const aGuest = (parts: Partial<Guest> = {}): Guest => {
  const vmid = parts.vmid ?? 100;
  return {
    vmid,
    name: `guest-${vmid}`,
    type: 'VM',
    node: 'pve1',
    status: 'running',
    template: false,
    lock: null,
    uptime: 86_400,
    cpu_current: 50,
    cpu_cores: 4,
    mem_used_gb: 8,
    mem_max_gb: 8,
    balloon_gb: null,
    disk_gb: 32,
    disk_read_bps: 0,
    disk_write_bps: 0,
    net_in_bps: 0,
    net_out_bps: 0,
    tags: noTags(),
    io_exempt: false,
    io_exempt_reason: null,
    ha_managed: false,
    ha_state: null,
    ha_group: null,
    pool: null,
    mount_points: noMountPoints(),
    local_disks: {
      passthrough_disks: [],
      has_passthrough: false,
      is_pinned: false,
      pinned_reason: null,
      passthrough_count: 0,
      total_pinned_disks: 0,
    },
    disks: [
      { key: 'scsi0', storage: 'ceph', volume: `vm-${vmid}-disk-0`, size_gb: 32, is_cdrom: false, is_shared: true },
    ],
    local_devices: [],
    cpu_model: null,
    agent_enabled: null,
    has_snapshots: null,
    live_blockers: null,
    has_backup: null,
    pressure: null,
    movable: { online: true, offline: true, reasons: [] },
    unknown: [],
    config_read_at: '2026-02-08T10:00:00Z',
    ...parts,
  };
};

/** The tags of a guest, taken apart as the collector does. */
export const withTags = (...tags: string[]): Guest['tags'] => ({
  has_ignore: tags.includes('ignore'),
  exclude_groups: tags.filter((tag) => tag.startsWith('exclude_')),
  affinity_groups: tags.filter((tag) => tag.startsWith('affinity_')),
  has_bindmount: tags.includes('has-bindmount'),
  has_io_exempt: tags.includes('io_exempt'),
  has_no_auto_migrate: tags.includes('no-auto-migrate'),
  has_auto_migrate_ok: tags.includes('auto-migrate-ok'),
  all_tags: tags,
});

const noTags = (): Guest['tags'] => withTags();

export const noMountPoints = (): NonNullable<Guest['mount_points']> => ({
  mount_points: [],
  has_mount_points: false,
  has_bind_mount: false,
  has_storage_mount: false,
  has_shared_mount: false,
  has_unshared_bind_mount: false,
  mount_count: 0,
});

/** A quorate snapshot of these nodes and guests; guest lists, committed memory and counts are worked out. */
export const aCluster = (
  nodes: Node[],
  guests: Guest[] = [],
  parts: Partial<ClusterSnapshot> = {},
): ClusterSnapshot => {
  const at = '2026-02-08T10:15:00Z';
  return {
    snapshot_id: 's1',
    collected_at: at,
    first_collected_at: at,
    cluster_name: 'lab',
    nodes: Object.fromEntries(nodes.map((node) => [node.name, withGuests(node, guests)])),
    guests: Object.fromEntries(guests.map((guest) => [String(guest.vmid), guest])),
    summary: {
      total_nodes: nodes.length,
      total_guests: guests.length,
      vms: guests.filter((guest) => guest.type === 'VM').length,
      containers: guests.filter((guest) => guest.type === 'CT').length,
      ignored_guests: 0,
      excluded_guests: 0,
      ha_managed_guests: 0,
      backed_up_guests: null,
      unknown_guests: 0,
    },
    cluster_health: { quorate: true, nodes: nodes.length, online_nodes: nodes.length },
    pve_crs: null,
    ha_rules: null,
    running_tasks: [],
    read_at: {
      resources: at,
      tasks: at,
      quorum: at,
      ha: at,
      node_history: at,
      options: at,
      ha_rules: null,
      backup: null,
      versions: null,
      storage: null,
      pressure: null,
    },
    unknown: [],
    performance: { node_count: nodes.length, guest_count: guests.length, requests: 0, total_time: 0 },
    ...parts,
  };
};

const withGuests = (node: Node, guests: readonly Guest[]): Node => {
  const own = guests.filter((guest) => guest.node === node.name);
  if (own.length === 0) return node;
  const committed = own.filter((guest) => guest.status === 'running').reduce((sum, guest) => sum + guest.mem_max_gb, 0);
  return {
    ...node,
    guests: own.map((guest) => guest.vmid),
    committed_mem_gb: committed,
    mem_overcommit_ratio: node.total_mem_gb > 0 ? committed / node.total_mem_gb : 0,
  };
};

const steadyMetrics = (cpu: number, mem: number, iowait: number, cores: number): Node['metrics'] => ({
  current_cpu: cpu,
  current_mem: mem,
  current_iowait: iowait,
  avg_cpu: cpu,
  max_cpu: cpu,
  avg_mem: mem,
  max_mem: mem,
  avg_iowait: iowait,
  max_iowait: iowait,
  avg_load: (cores * cpu) / 100,
  avg_cpu_week: cpu,
  max_cpu_week: Math.min(100, cpu + 10),
  avg_mem_week: mem,
  max_mem_week: Math.min(100, mem + 5),
  avg_iowait_week: iowait,
  cpu_trend: 'stable',
  mem_trend: 'stable',
  has_historical: true,
});
