import { z } from 'zod';
import { number, text, textOrNull } from './values.ts';

const PoolRow = z
  .object({ poolid: text, comment: textOrNull })
  .transform((row) => ({ pool: row.poolid, comment: row.comment }));
export type PoolRow = z.infer<typeof PoolRow>;
/** `GET /pools`. */
export const PoolRows = z.array(PoolRow);

const GuestMember = z.object({ type: z.enum(['qemu', 'lxc']), vmid: number });
const StorageMember = z.object({ type: z.literal('storage'), storage: text });
const OtherMember = z.object({ type: z.string() }).transform(() => null);

const Pool = z
  .object({
    poolid: text,
    comment: textOrNull,
    members: z.preprocess((value) => value ?? [], z.array(z.union([GuestMember, StorageMember, OtherMember]))),
  })
  .transform((row) => ({
    pool: row.poolid,
    comment: row.comment,
    vmids: row.members.flatMap((member) => (member !== null && 'vmid' in member ? [member.vmid] : [])),
    /** A storage counts once for every node that has it. */
    storages: [
      ...new Set(row.members.flatMap((member) => (member !== null && 'storage' in member ? [member.storage] : []))),
    ],
  }));
export type Pool = z.infer<typeof Pool>;
/** `GET /pools?poolid=`: a list of one. */
export const OnePool = z
  .tuple([Pool])
  .rest(Pool)
  .transform(([pool]) => pool);
