import type { Deps } from '../deps.ts';
import { type MigrationRecord, newRecord } from './record.ts';
import { type Reservation, UnreadableRecordError } from './store.ts';

/**
 * The record of a migration. Where there is none that can be read, but guest and slots are still reserved for it, one is
 * made from the reservation: what became of the guest is then found out by looking, and the slots are free again.
 */
export async function readOrRescue(deps: Deps, id: string): Promise<MigrationRecord | null> {
  try {
    const record = await deps.store.load(id);
    if (record) return record;
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    deps.log.error({ err: error, migration_id: id }, 'a migration record is unreadable, looking at the guest instead');
  }
  const reservation = (await deps.store.active()).find((one) => one.id === id);
  if (!reservation) return null;
  const record = fromReservation(reservation, deps.now().toISOString());
  await deps.store.replace(record);
  return record;
}

function fromReservation({ id, vmid, name, type, source, target }: Reservation, at: string): MigrationRecord {
  return {
    ...newRecord({
      migration_id: id,
      vmid,
      name,
      type,
      source_node: source,
      target_node: target,
      state: 'verifying',
      trigger: 'manual',
      requested_by: 'unknown',
      requested_at: at,
      started_at: null,
      finished_at: null,
      task_id: null,
      child_task_id: null,
      progress: null,
      waiting_for: null,
      checks: [],
      final_node: null,
      warnings: false,
      cancel_requested: false,
      error: null,
      timeline: [{ state: 'verifying', at, detail: 'what was known of this move is lost' }],
    }),
    reason: 'what was known of this move is lost',
  };
}
