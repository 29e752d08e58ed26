import type { Migration } from '@proxbalance/contracts';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';

const retryMs = 5000;

/**
 * Interrupts the task as soon as the move is called off, and again until it ends: whoever called it off may have done so
 * before the task was known, or on another replica.
 */
export async function stopWhenCalledOff(deps: Deps, { migration_id }: Migration, upid: string, ended: AbortSignal) {
  const signal = AbortSignal.any([ended, deps.signal]);
  while (!signal.aborted) {
    const isCalledOff = await stopIfCalledOff(deps, migration_id, upid);
    await pause(isCalledOff ? retryMs : deps.pollMs, signal);
  }
}

async function stopIfCalledOff(deps: Deps, id: string, upid: string): Promise<boolean> {
  try {
    const record = await deps.store.load(id);
    if (!record?.migration.cancel_requested) return false;
    await deps.link.get().stopTask(upid);
  } catch (error) {
    deps.log.warn({ err: error, migration_id: id }, 'could not see to it that a move which was called off stops');
  }
  return true;
}
