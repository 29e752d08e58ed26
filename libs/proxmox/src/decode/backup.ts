import { z } from 'zod';
import { number, textOrNull } from './values.ts';

const UncoveredGuest = z
  .object({ vmid: number, name: textOrNull, type: z.enum(['qemu', 'lxc']) })
  .transform((row) => ({ vmid: row.vmid, name: row.name, kind: row.type }));
/** A guest that no backup job takes in. */
export type UncoveredGuest = z.infer<typeof UncoveredGuest>;
/** `GET /cluster/backup-info/not-backed-up`. */
export const UncoveredGuests = z.array(UncoveredGuest);
