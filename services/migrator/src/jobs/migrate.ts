import { isFinal } from '@proxbalance/contracts';
import { DelayedError, type Job } from 'bullmq';
import type { Deps } from '../deps.ts';
import { discover } from '../steps/discover.ts';
import { follow } from '../steps/follow.ts';
import { checkAndStart } from '../steps/start.ts';
import { verify } from '../steps/verify.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended, transition } from '../transition.ts';

/** How soon a move that must wait looks again, milliseconds. */
const lookAgainMs = 500;

/**
 * Carries one migration from wherever it is to its end. The record says where that is, so it makes no difference whether
 * this is the first process that works on it or the third.
 */
export const migrate = (deps: Deps) => async (job: Job<{ id: string }>, token?: string) => {
  const wait = async (): Promise<never> => {
    await job.moveToDelayed(Date.now() + lookAgainMs, token);
    throw new DelayedError();
  };
  for (;;) {
    deps.signal.throwIfAborted();
    const record = await deps.store.load(job.data.id);
    if (!record) return;
    if (isFinal(record.migration.state)) return announceEnd(deps, record);
    const next = await step(deps, record);
    if (!next) return wait();
    if (isFinal(next.migration.state)) await deps.store.finish(next);
    else await deps.store.save(next);
  }
};

/** One step onwards; null when there is nothing to do but wait. */
async function step(deps: Deps, record: MigrationRecord): Promise<MigrationRecord | null> {
  switch (record.migration.state) {
    case 'queued':
      return admit(deps, record);
    case 'checking':
      return checkAndStart(deps, record);
    case 'starting':
      return discover(deps, record);
    case 'running':
      return follow(deps, record);
    default:
      return verify(deps, record);
  }
}

/** queued: takes a slot, or waits for one and says for which. */
async function admit(deps: Deps, record: MigrationRecord): Promise<MigrationRecord | null> {
  const { migration } = record;
  if (migration.cancel_requested) return ended(record, 'cancelled', deps.now(), 'called off before it began', { final_node: migration.source_node });
  const full = await deps.store.admit(migration, deps.settings().migration_limits);
  if (!full) return transition(record, 'checking', deps.now(), 'has its slots', { migration: { waiting_for: null } });
  if (full !== migration.waiting_for) {
    const waiting = { ...record, migration: { ...migration, waiting_for: full } };
    await deps.store.save(waiting);
    await deps.announce('requested', waiting.migration);
  }
  return null;
}

/** Told last, and again by whoever finds the record at its end: telling twice is harmless, never telling is not. */
async function announceEnd(deps: Deps, { migration }: MigrationRecord): Promise<void> {
  const { state } = migration;
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return;
  await deps.announce(state, migration);
  deps.log.info({ vmid: migration.vmid, migration_id: migration.migration_id, state, final_node: migration.final_node }, 'migration ended');
}
