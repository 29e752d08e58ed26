import { Migration } from '@proxbalance/contracts';
import { z } from 'zod';

/** A migration as the migrator keeps it: what everyone may see, and what it needs itself to go on after a crash. */
export const MigrationRecord = z.object({
  migration: Migration,
  /** Who won the right to start the task; nobody else ever starts it. */
  startToken: z.string().nullable(),
  /** Tasks of the guest that were there before the start: the one that is not among them is ours. */
  tasksBefore: z.array(z.string()),
  startingAt: z.iso.datetime().nullable(),
  /** How Proxmox ended the task; null: not ended, or nobody can say. */
  exitStatus: z.string().nullable(),
  /** Reason lines of the task log. */
  reasons: z.array(z.string()),
  /** The same in one sentence. */
  reason: z.string().nullable(),
  /** The HA manager carries the move out. */
  viaHa: z.boolean(),
});
export type MigrationRecord = z.infer<typeof MigrationRecord>;

export const newRecord = (migration: Migration): MigrationRecord => ({
  migration,
  startToken: null,
  tasksBefore: [],
  startingAt: null,
  exitStatus: null,
  reasons: [],
  reason: null,
  viaHa: false,
});
