import type { Migration } from '@proxbalance/contracts';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';

const retryMs = 5000;

/**
 * Interrupts the task as soon as the move is called off, and again until it ends: whoever called it off may have done so
 * before the task was known, or on another replica. `onCalledOff` hears of it first.
 */
export async function stopWhenCalledOff(
  deps: Deps,
  { migration_id }: Migration,
  upid: string,
  ended: AbortSignal,
  onCalledOff: () => void,
): Promise<void> {
  const signal = AbortSignal.any([ended, deps.signal]);
  while (!signal.aborted) {
    const isCalledOff = await isMarked(deps, migration_id);
    if (isCalledOff) {
      onCalledOff();
      await stop(deps, migration_id, upid);
    }
    await pause(isCalledOff ? retryMs : deps.pollMs, signal);
  }
}

async function isMarked(deps: Deps, id: string): Promise<boolean> {
  const record = await deps.store.load(id).catch(() => null);
  return record?.migration.cancel_requested === true;
}

async function stop(deps: Deps, id: string, upid: string): Promise<void> {
  try {
    await deps.link.get().stopTask(upid);
  } catch (error) {
    deps.log.warn({ err: error, migration_id: id }, 'a task that was called off could not be told to stop');
  }
}
