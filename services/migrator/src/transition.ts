import type { Migration, MigrationState } from '@proxbalance/contracts';
import type { MigrationRecord } from './store/record.ts';

/** Lines of a timeline that are kept: the first, and the newest of the others. */
const timelineMax = 100;

/** The same record in its next state, with a line on the timeline. */
export function transition(
  record: MigrationRecord,
  state: MigrationState,
  at: Date,
  detail: string,
  change: { migration?: Partial<Migration>; own?: Partial<Omit<MigrationRecord, 'migration' | 'version'>> } = {},
): MigrationRecord {
  const [first, ...others] = [...record.migration.timeline, { state, at: at.toISOString(), detail }];
  const timeline = [...(first ? [first] : []), ...others.slice(1 - timelineMax)];
  const migration = { ...record.migration, waiting_for: null, ...change.migration, state, timeline };
  return { ...record, ...change.own, migration };
}

/** The record at its end. */
export function ended(
  record: MigrationRecord,
  state: 'completed' | 'failed' | 'cancelled',
  at: Date,
  detail: string,
  change: Partial<Migration> = {},
): MigrationRecord {
  return transition(record, state, at, detail, { migration: { finished_at: at.toISOString(), ...change } });
}

/** What stands in the way right now, without leaving the state. */
export const waitingFor = (record: MigrationRecord, what: string): MigrationRecord => ({
  ...record,
  migration: { ...record.migration, waiting_for: what },
});
