import { z } from 'zod';
import { Pressure } from './node.ts';
import { BytesPerSecond, Gib, GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

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
