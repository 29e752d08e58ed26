import { z } from 'zod';
import { GuestTags } from './guest.ts';
import { GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

/**
 * A tag as Proxmox takes it: begins with a letter, digit or `_`, goes on with these and `+ . -`. Case does not matter.
 * Proxmox knows no longest one; ours is as long as what goes into a path.
 */
export const Tag = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty', abort: true })
  .max(1000, 'must have at most 1000 characters')
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/, 'must begin with a letter, digit or _ and go on with these and + . -')
  .meta({ id: 'Tag', description: 'Proxmox tag' });

/** Tags of a guest as they are now, after a change or a fresh look. */
export const TagState = z
  .object({
    vmid: Vmid,
    tags: z.array(z.string()).describe('As Proxmox has them'),
    parsed: GuestTags,
    read_at: Instant,
  })
  .meta({ id: 'TagState' });
export type TagState = z.infer<typeof TagState>;

/** One group of guests that should stay together. */
export const AffinityGroup = z
  .object({
    name: z.string(),
    members: z.array(
      z.object({
        vmid: Vmid,
        name: z.string(),
        type: GuestType,
        node: NodeName,
        status: z.string(),
        mem_gb: z.number().describe('Allocated memory, GiB'),
        cpu: Percent,
      }),
    ),
    member_count: z.int(),
    nodes: z.array(NodeName),
    is_split: z.boolean(),
    status: z.enum(['together', 'split']),
  })
  .meta({ id: 'AffinityGroup' });

const measured = z.number().nullable();

/** One point of a guest's history; null: not measured. */
export const GuestHistoryPoint = z
  .object({
    timestamp: Instant,
    node: NodeName.nullable(),
    cpu: Percent.nullable(),
    memory: Percent.nullable(),
    disk_read_bps: measured,
    disk_write_bps: measured,
    net_in_bps: measured,
    net_out_bps: measured,
  })
  .meta({ id: 'GuestHistoryPoint', description: 'Means over the resolution; rates in bytes per second' });

export const GuestHistory = z
  .object({
    vmid: Vmid,
    hours: z.number(),
    resolution_seconds: z.int(),
    points: z.array(GuestHistoryPoint).describe('Oldest first, 80 at most'),
  })
  .meta({ id: 'GuestHistory' });

/** How a guest can be put on a node, storage by storage. */
export const StorageVerdict = z
  .object({
    vmid: Vmid,
    type: z.enum(['qemu', 'lxc', 'unknown']),
    storage_volumes: z.array(z.string()).describe('Storages its disks are on'),
    compatible_targets: z.array(NodeName),
    incompatible_targets: z.array(
      z.object({
        node: NodeName,
        missing_storage: z.array(z.string()),
        reasons: z.array(z.object({ storage: z.string(), reason: z.string() })),
      }),
    ),
    error: z.string().optional().describe('Why it could not be judged'),
  })
  .meta({ id: 'StorageVerdict' });
export type StorageVerdict = z.infer<typeof StorageVerdict>;

/** One function of the product with the Proxmox privilege it needs. */
export const PermissionCheck = z
  .object({
    check: z.string().describe('What it is for'),
    privilege: z.string(),
    path: z.string(),
    ok: z.boolean(),
    detail: z.string(),
    grant: z.string().nullable().describe('The command that gives it; null when it is held'),
  })
  .meta({ id: 'PermissionCheck' });
