import {
  type Migration,
  MigrationCancelled,
  MigrationCompleted,
  MigrationFailed,
  MigrationProgressed,
  MigrationRequested,
  MigrationStarted,
} from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';

const contracts = {
  requested: MigrationRequested,
  started: MigrationStarted,
  progressed: MigrationProgressed,
  completed: MigrationCompleted,
  failed: MigrationFailed,
  cancelled: MigrationCancelled,
} as const;

export type Announce = (what: keyof typeof contracts, migration: Migration) => Promise<void>;

/**
 * Publishes what became of a migration. The id follows from the fact, so that telling it again after a crash is harmless;
 * only progress, and what a move waits for, has a new id each time.
 */
export const announcer =
  (bus: Pick<Bus, 'publish'>): Announce =>
  (what, migration) =>
    bus.publish(contracts[what], migration, {
      subject: String(migration.vmid),
      ...(what === 'progressed' ? {} : { id: `${migration.migration_id}.${what}` }),
    });
