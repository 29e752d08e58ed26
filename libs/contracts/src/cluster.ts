import { z } from 'zod';
import { BytesPerSecond, Gib, GuestType, Instant, NodeName, Percent, Upid, Vmid } from './values.ts';

/*
 * The cluster as the product believes it to be. Field names are those of the HTTP API and stay the same on every wire.
 * What could not be read is `null` and named in `unknown`; nothing may act on it.
 */

export const TrendLabel = z.enum(['rising', 'falling', 'stable']).meta({ id: 'TrendLabel' });

export const NodeMetrics = z
  .object({
    current_cpu: Percent,
    current_mem: Percent,
    current_iowait: Percent,
    avg_cpu: Percent,
    max_cpu: Percent,
    avg_mem: Percent,
    max_mem: Percent,
    avg_iowait: Percent,
    max_iowait: Percent,
    avg_load: z.number().min(0).describe('1-minute load average, mean of the last day'),
    avg_cpu_week: Percent,
    max_cpu_week: Percent,
    avg_mem_week: Percent,
    max_mem_week: Percent,
    avg_iowait_week: Percent,
    cpu_trend: TrendLabel,
    mem_trend: TrendLabel,
    has_historical: z.boolean().describe('false: no history could be read, averages are 0 and mean nothing'),
  })
  .meta({ id: 'NodeMetrics', description: 'Current values, day averages (24 h) and week averages (7 d)' });

export const TrendPoint = z
  .object({ time: z.int(), cpu: Percent, mem: Percent, iowait: Percent })
  .meta({ id: 'TrendPoint' });

export const NodeStorage = z
  .object({
    storage: z.string(),
    type: z.string(),
    content: z.string().describe('Comma list of content types'),
    active: z.boolean(),
    shared: z.boolean(),
    total_gb: Gib,
    used_gb: Gib,
    avail_gb: Gib,
    usage_pct: Percent,
  })
  .meta({ id: 'NodeStorage' });

const pressureShare = Percent.nullable();

export const Pressure = z
  .object({
    cpu_some: pressureShare,
    io_some: pressureShare,
    io_full: pressureShare,
    memory_some: pressureShare,
    memory_full: pressureShare,
  })
  .meta({
    id: 'Pressure',
    description:
      'Percent of the time that some or all work waited for CPU, disks or memory (Proxmox VE 9); null: not told',
  });
export type Pressure = z.infer<typeof Pressure>;

export const Node = z
  .object({
    name: NodeName,
    status: z.enum(['online', 'offline', 'unknown']),
    cpu_cores: z.int().min(0),
    total_mem_gb: Gib,
    uptime: z.int().min(0).describe('Seconds'),
    cpu_percent: Percent,
    mem_percent: Percent.describe('In use; the ZFS cache is not counted where Proxmox tells it'),
    pve_version: z.string().nullable().default(null).describe('Of Proxmox VE there: 9.2.2'),
    pressure: Pressure.nullable().default(null),
    net_in_bps: BytesPerSecond.nullable().default(null),
    net_out_bps: BytesPerSecond.nullable().default(null),
    mem_available_gb: Gib.nullable().default(null).describe('What could be had without swapping (Proxmox VE 9)'),
    arc_gb: Gib.nullable().default(null).describe('ZFS cache (Proxmox VE 9)'),
    metrics: NodeMetrics,
    trend_data: z.record(z.enum(['day', 'week']), z.array(TrendPoint)),
    storage: z.array(NodeStorage),
    guests: z.array(Vmid).describe('Every guest whose configuration is on this node, templates included'),
    committed_mem_gb: Gib.describe('Sum of the configured memory of running and paused guests, GiB'),
    mem_overcommit_ratio: z.number().min(0),
    iowait_exempt: z.boolean(),
    iowait_exempt_guests: z.array(z.object({ vmid: Vmid, name: z.string(), reason: z.string() })),
    ha_state: z
      .string()
      .nullable()
      .describe('State the HA manager gives the node: online, maintenance, fence, gone, unknown'),
    unknown: z.array(z.string()).describe('Parts that could not be read: storage, history'),
  })
  .meta({ id: 'Node' });
export type Node = z.infer<typeof Node>;

export const GuestTags = z
  .object({
    has_ignore: z.boolean(),
    exclude_groups: z.array(z.string()),
    affinity_groups: z.array(z.string()),
    has_bindmount: z.boolean(),
    has_io_exempt: z.boolean(),
    has_no_auto_migrate: z.boolean().default(false).describe('Never moved by automation'),
    has_auto_migrate_ok: z.boolean().default(false).describe('May be moved where automation needs to be allowed to'),
    all_tags: z.array(z.string()),
  })
  .meta({ id: 'GuestTags' });
export type GuestTags = z.infer<typeof GuestTags>;

export const MountPoint = z
  .object({
    key: z.string(),
    config: z.string(),
    is_bind_mount: z.boolean(),
    source: z.string(),
    mount_path: z.string(),
    is_shared: z.boolean(),
  })
  .meta({ id: 'MountPoint' });

export const MountPoints = z
  .object({
    mount_points: z.array(MountPoint),
    has_mount_points: z.boolean(),
    has_bind_mount: z.boolean(),
    has_storage_mount: z.boolean(),
    has_shared_mount: z.boolean(),
    has_unshared_bind_mount: z.boolean(),
    mount_count: z.int(),
  })
  .meta({ id: 'MountPoints' });
export type MountPoints = z.infer<typeof MountPoints>;

export const LocalDisks = z
  .object({
    passthrough_disks: z.array(z.object({ key: z.string(), device: z.string(), type: z.string() })),
    has_passthrough: z.boolean(),
    is_pinned: z.boolean(),
    pinned_reason: z.string().nullable(),
    passthrough_count: z.int(),
    total_pinned_disks: z.int(),
  })
  .meta({ id: 'LocalDisks' });
export type LocalDisks = z.infer<typeof LocalDisks>;

export const GuestDisk = z
  .object({
    key: z.string().describe('Configuration key: scsi0, rootfs, efidisk0, …'),
    storage: z.string(),
    volume: z.string(),
    size_gb: Gib.nullable(),
    is_cdrom: z.boolean(),
    is_shared: z.boolean().nullable().describe('Whether the storage is shared between nodes; null when unknown'),
  })
  .meta({ id: 'GuestDisk' });
export type GuestDisk = z.infer<typeof GuestDisk>;

export const Movable = z
  .object({
    online: z.boolean().describe('May be moved while it runs (containers: with a restart)'),
    offline: z.boolean().describe('May be moved while it is stopped'),
    reasons: z.array(z.object({ code: z.string(), detail: z.string() })).describe('Why not'),
  })
  .meta({ id: 'Movable' });
export type Movable = z.infer<typeof Movable>;

export const Guest = z
  .object({
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    node: NodeName,
    status: z.string().describe('running, stopped, paused, … or unknown'),
    template: z.boolean(),
    lock: z.string().nullable(),
    uptime: z.int().min(0).describe('Seconds'),
    cpu_current: Percent.describe('Percent of the guest’s own vCPUs'),
    cpu_cores: z.number().min(0).describe('vCPUs: sockets × cores'),
    mem_used_gb: Gib,
    mem_max_gb: Gib,
    balloon_gb: Gib.nullable().default(null).describe('VMs: what memory may be taken back to; null: no ballooning'),
    disk_gb: Gib,
    disk_read_bps: BytesPerSecond.nullable(),
    disk_write_bps: BytesPerSecond.nullable(),
    net_in_bps: BytesPerSecond.nullable(),
    net_out_bps: BytesPerSecond.nullable(),
    tags: GuestTags.nullable(),
    io_exempt: z.boolean(),
    io_exempt_reason: z.enum(['tag', 'passthrough']).nullable(),
    ha_managed: z.boolean().nullable(),
    ha_state: z.string().nullable(),
    ha_group: z.string().nullable(),
    pool: z.string().nullable(),
    mount_points: MountPoints.nullable(),
    local_disks: LocalDisks.nullable(),
    disks: z.array(GuestDisk).nullable(),
    local_devices: z
      .array(z.string())
      .nullable()
      .describe('Keys bound to one host: hostpci, usb, serial, parallel, dev, …'),
    live_blockers: z
      .array(z.string())
      .nullable()
      .default(null)
      .describe('Keys that keep it there only while it runs: mapped devices, virtiofs, VNC clipboard, …'),
    cpu_model: z
      .string()
      .nullable()
      .default(null)
      .describe('VMs: CPU type as configured; null: the default, or not read'),
    agent_enabled: z.boolean().nullable().default(null).describe('VMs: the guest agent is switched on'),
    has_snapshots: z.boolean().nullable().default(null),
    has_backup: z.boolean().nullable().default(null).describe('A backup job takes it in'),
    pressure: Pressure.nullable().default(null),
    movable: Movable,
    unknown: z.array(z.string()).describe('Parts that could not be read: stats, config, storage, ha, ha_rules'),
    config_read_at: Instant.nullable(),
  })
  .meta({ id: 'Guest' });
export type Guest = z.infer<typeof Guest>;

export const ClusterSummary = z
  .object({
    total_nodes: z.int(),
    total_guests: z.int(),
    vms: z.int(),
    containers: z.int(),
    ignored_guests: z.int(),
    excluded_guests: z.int(),
    ha_managed_guests: z.int(),
    backed_up_guests: z.int().nullable().default(null).describe('Guests that a backup job takes in; null: not known'),
    unknown_guests: z.int().describe('Guests with at least one unknown part'),
  })
  .meta({ id: 'ClusterSummary' });

export const ClusterHealth = z
  .object({
    quorate: z.boolean().nullable(),
    nodes: z.int(),
    online_nodes: z.int(),
  })
  .meta({ id: 'ClusterHealth' });

export const PveCrs = z
  .object({
    ha: z.string(),
    'ha-rebalance-on-start': z.boolean().default(false),
    'ha-auto-rebalance': z.boolean(),
    'ha-auto-rebalance-threshold': z.number().nullable().default(null),
    'ha-auto-rebalance-margin': z.number().nullable().default(null),
    'ha-auto-rebalance-hold-duration': z.number().nullable().default(null).describe('HA rounds'),
    'ha-auto-rebalance-method': z.string().nullable().default(null),
    dynamic_balancer_active: z.boolean().describe('Proxmox’s own balancer is on'),
  })
  .meta({ id: 'PveCrs', description: 'Cluster Resource Scheduler options of Proxmox itself; null: its default' });

export const RunningTask = z
  .object({
    upid: Upid,
    node: z.string(),
    type: z.string(),
    id: z.string(),
    user: z.string(),
    started_at: Instant,
  })
  .meta({ id: 'RunningTask' });
export type RunningTask = z.infer<typeof RunningTask>;

/** HA rules of Proxmox VE 9 and HA groups of 8 in one form. */
export const HaPlacementRule = z
  .object({
    name: z.string(),
    kind: z
      .enum(['node-affinity', 'keep-together', 'keep-apart'])
      .describe('Prefers nodes; keeps guests on one node; keeps them on different ones'),
    vmids: z.array(Vmid),
    nodes: z.array(z.object({ node: NodeName, priority: z.int() })).describe('node-affinity: higher is preferred'),
    strict: z.boolean().describe('node-affinity: nowhere else at all'),
    applied: z.boolean().describe('The HA manager goes by it: neither switched off nor in error'),
    source: z.enum(['rule', 'group']),
  })
  .meta({ id: 'HaPlacementRule' });
export type HaPlacementRule = z.infer<typeof HaPlacementRule>;

/** When each tier of the snapshot was last read; null: never. */
export const Ages = z
  .object({
    resources: Instant.nullable(),
    tasks: Instant.nullable(),
    quorum: Instant.nullable(),
    ha: Instant.nullable(),
    node_history: Instant.nullable(),
    options: Instant.nullable().default(null),
    ha_rules: Instant.nullable().default(null),
    backup: Instant.nullable().default(null),
    versions: Instant.nullable().default(null).describe('The oldest of the nodes'),
    storage: Instant.nullable().default(null).describe('As the nodes see it, the oldest of them'),
    pressure: Instant.nullable().default(null).describe('Of the guests, the oldest of the nodes'),
  })
  .meta({ id: 'Ages' });

export const ClusterSnapshot = z
  .object({
    snapshot_id: z.string(),
    collected_at: Instant,
    first_collected_at: Instant,
    cluster_name: z.string().nullable(),
    nodes: z.record(z.string(), Node),
    guests: z.record(z.string(), Guest),
    summary: ClusterSummary,
    cluster_health: ClusterHealth,
    pve_crs: PveCrs.nullable(),
    ha_rules: z.array(HaPlacementRule).nullable().default(null).describe('null: not read'),
    running_tasks: z.array(RunningTask),
    read_at: Ages,
    unknown: z
      .array(z.string())
      .describe(
        'Cluster-wide parts that could not be read: quorum, ha, ha_rules, tasks, options; guests, storages: the token is not shown all of them',
      ),
    performance: z.object({
      node_count: z.int(),
      guest_count: z.int(),
      requests: z.int().describe('Requests to Proxmox since the snapshot before'),
      total_time: z.number().describe('Seconds from the first request to the finished snapshot'),
    }),
  })
  .meta({ id: 'ClusterSnapshot' });
export type ClusterSnapshot = z.infer<typeof ClusterSnapshot>;

/** Something that is wrong with the cluster or with reading it. */
export const ClusterProblem = z
  .object({
    code: z.enum([
      'cluster-unreadable',
      'no-snapshot',
      'snapshot-overdue',
      'no-quorum',
      'node-offline',
      'node-unknown',
      'storage-unavailable',
      'parts-unknown',
      'parts-old',
      'node-parts-unknown',
      'guests-unknown',
    ]),
    message: z.string(),
    detail: z
      .string()
      .nullable()
      .describe('Which one, or Proxmox’s own words; null when there is no more to say, or to a caller without a token'),
  })
  .meta({ id: 'ClusterProblem', description: 'Something that is wrong with the cluster or with reading it, in words' });
export type ClusterProblem = z.infer<typeof ClusterProblem>;
