import { type Log, pause } from '@proxbalance/service-kit';
import type { MigrationQueue } from './queue.ts';
import type { Store } from './store/store.ts';

const everyMs = 20_000;

/** Gives every move that has not ended its job back, should it have lost it: accepted and queued are two instructions. */
export async function reconcileForever(
  store: Store,
  queue: MigrationQueue,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const reservation of await store.active()) await queue.add(reservation.id);
    } catch (error) {
      log.warn({ err: error }, 'cannot look after moves under way');
    }
    await pause(everyMs, signal);
  }
}
