import { type Log, pause } from '@proxbalance/service-kit';
import type { Outcomes } from './outcomes/outcomes.ts';
import type { MigrationQueue } from './queue.ts';
import type { Store } from './store/store.ts';

const everyMs = 20_000;

/** Gives every move that has not ended, and every outcome that is open, its job back, should it have lost it: accepted and queued are two instructions. */
export async function reconcileForever(
  store: Store,
  queue: MigrationQueue,
  outcomes: Pick<Outcomes, 'keepUp'>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const reservation of await store.active()) await queue.add(reservation.id);
      await outcomes.keepUp();
    } catch (error) {
      log.warn({ err: error }, 'cannot look after moves under way');
    }
    await pause(everyMs, signal);
  }
}
