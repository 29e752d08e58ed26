import { Migration } from '@proxbalance/contracts';
import { z } from 'zod';

/** A migration as the migrator keeps it: what everyone may see, and what it needs itself to go on after a crash. */
export const MigrationRecord = z.object({
  /** Grows with each write. Who has read an older one may not write: somebody else is further. */
  version: z.int(),
  migration: Migration,
  /** Tasks of the guest that were there before the start: the one that is not among them is ours. */
  tasksBefore: z.array(z.string()),
  /** How Proxmox ended the task; null: not ended, or nobody can say. */
  exitStatus: z.string().nullable(),
  /** Reason lines of the task log. */
  reasons: z.array(z.string()),
  /** The same in one sentence. */
  reason: z.string().nullable(),
});
export type MigrationRecord = z.infer<typeof MigrationRecord>;

export const newRecord = (migration: Migration): MigrationRecord => ({
  version: 1,
  migration,
  tasksBefore: [],
  exitStatus: null,
  reasons: [],
  reason: null,
});
