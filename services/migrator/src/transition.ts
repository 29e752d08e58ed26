import type { Migration, MigrationState } from '@proxbalance/contracts';
import type { MigrationRecord } from './store/record.ts';

/** The same record in its next state, with a line on the timeline. */
export function transition(
  record: MigrationRecord,
  state: MigrationState,
  at: Date,
  detail: string,
  change: { migration?: Partial<Migration>; own?: Partial<Omit<MigrationRecord, 'migration'>> } = {},
): MigrationRecord {
  const step = { state, at: at.toISOString(), detail };
  const timeline = [...record.migration.timeline, step];
  return { ...record, ...change.own, migration: { ...record.migration, ...change.migration, state, timeline } };
}

/** The record at its end. */
export function ended(
  record: MigrationRecord,
  state: 'completed' | 'failed' | 'cancelled',
  at: Date,
  detail: string,
  change: Partial<Migration> = {},
): MigrationRecord {
  return transition(record, state, at, detail, {
    migration: { finished_at: at.toISOString(), waiting_for: null, ...change },
  });
}
