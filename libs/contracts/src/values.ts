import { z } from 'zod';

/** RFC 3339 in UTC with `Z`. */
export const Instant = z.iso.datetime().meta({ id: 'Instant', description: 'Point in time, RFC 3339, UTC' });

export const Vmid = z.int().min(100).max(999_999_999).meta({ id: 'Vmid', description: 'Proxmox guest id' });

/** The same id where it arrives as text: in a path or a query. */
export const VmidText = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a guest id: a whole number from 100 to 999999999')
  .transform(Number)
  .pipe(z.int().min(100).max(999_999_999))
  .describe('Proxmox guest id');

export const NodeName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, 'must be a Proxmox node name')
  .meta({ id: 'NodeName', description: 'Proxmox node name' });

export const GuestType = z
  .enum(['VM', 'CT'])
  .meta({ id: 'GuestType', description: 'VM: QEMU virtual machine; CT: LXC container' });
export type GuestType = z.infer<typeof GuestType>;

/** Shape of a Proxmox task id; `libs/proxmox` takes it apart. */
export const Upid = z
  .string()
  .max(300)
  .regex(/^UPID:[^:\s/]+:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:[^:\s/]+:[^:\s/]*:[^:\s/]+:$/, 'must be a UPID')
  .meta({ id: 'Upid', description: 'Proxmox task id (UPID)' });

export const Percent = z.number().describe('Percent, nominally 0 to 100');
export const Gib = z.number().min(0).describe('GiB (2^30 bytes)');
export const BytesPerSecond = z.number().min(0).describe('Bytes per second');

export const HourOfDay = z.int().min(0).max(23);
export const HoursOfDay = z.array(HourOfDay).describe('Hours of the day, 0 to 23, in the time zone asked for');
export const StabilityScore = z
  .int()
  .min(0)
  .max(100)
  .describe('0 to 100, higher is steadier; 50 when nothing is known');
