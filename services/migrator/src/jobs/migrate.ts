import { isFinal, RefusedError } from '@proxbalance/contracts';
import { isProxmoxError } from '@proxbalance/proxmox';
import { DelayedError, type Job } from 'bullmq';
import type { Deps } from '../deps.ts';
import { discover } from '../steps/discover.ts';
import { follow } from '../steps/follow.ts';
import { checkAndStart } from '../steps/start.ts';
import { verify } from '../steps/verify.ts';
import type { MigrationRecord } from '../store/record.ts';
import { readOrRescue } from '../store/rescue.ts';
import { StaleRecordError } from '../store/store.ts';
import { ended, transition, waitingFor } from '../transition.ts';

/** How soon a move that must wait for its turn looks again, milliseconds. */
const lookAgainMs = 500;
/** The same for one that Proxmox gives no answer to. */
const troubleMs = 2000;

/**
 * Carries one migration from wherever it is to its end. The record says where that is, so it makes no difference whether
 * this is the first process that works on it or the third; when two do, each write lets only one of them through.
 */
export const migrate = (deps: Deps) => async (job: Job<{ id: string }>, token?: string) => {
  for (;;) {
    deps.signal.throwIfAborted();
    const record = await readOrRescue(deps, job.data.id);
    if (!record) return;
    if (isFinal(record.migration.state)) return announceEnd(deps, record);
    const waitMs = await advance(deps, record);
    if (waitMs === 0) continue;
    await job.moveToDelayed(Date.now() + waitMs, token);
    throw new DelayedError();
  }
};

/** Takes one step and writes down where it led. Gives how long to wait before the next, milliseconds. */
async function advance(deps: Deps, record: MigrationRecord): Promise<number> {
  try {
    const next = await step(deps, record);
    if (!next) return lookAgainMs;
    if (isFinal(next.migration.state)) await deps.store.finish(next);
    else await deps.store.save(next);
    return 0;
  } catch (error) {
    if (error instanceof StaleRecordError) return lookAgainMs;
    const trouble = describeTrouble(error);
    if (!trouble) throw error;
    deps.log.warn({ err: error, migration_id: record.migration.migration_id }, 'cannot go on for the moment');
    await tellTrouble(deps, record.migration.migration_id, trouble);
    return troubleMs;
  }
}

/** One step onwards; null when there is nothing to do but wait. */
async function step(deps: Deps, record: MigrationRecord): Promise<MigrationRecord | null> {
  const { state, cancel_requested, source_node } = record.migration;
  if (cancel_requested && (state === 'queued' || state === 'checking')) {
    return ended(record, 'cancelled', deps.now(), 'called off before it began', { final_node: source_node });
  }
  switch (state) {
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
  const full = await deps.store.admit(migration, deps.settings().migration_limits);
  if (!full) return transition(record, 'checking', deps.now(), 'has its slots');
  if (full === 'lost') {
    const message = 'its reservation was lost';
    return ended(record, 'failed', deps.now(), message, { error: { code: 'internal', message, log: [] } });
  }
  if (full !== migration.waiting_for) {
    const waiting = await deps.store.save(waitingFor(record, full));
    await deps.announce('progressed', waiting.migration);
  }
  return null;
}

/** What keeps a step from being taken without ending the move: Proxmox may be working, whether or not it answers us. */
function describeTrouble(error: unknown): string | null {
  if (isProxmoxError(error)) return `Proxmox: ${error.reason}`;
  return error instanceof RefusedError && error.code === 'proxmox-not-configured' ? error.message : null;
}

/** Written into the record, so that a move which does not go on says why. */
async function tellTrouble(deps: Deps, id: string, trouble: string): Promise<void> {
  try {
    const record = await deps.store.load(id);
    if (!record || isFinal(record.migration.state) || record.migration.waiting_for === trouble) return;
    const { state } = record.migration;
    const told = transition(record, state, deps.now(), trouble, { migration: { waiting_for: trouble } });
    await deps.announce('progressed', (await deps.store.save(told)).migration);
  } catch (error) {
    if (!(error instanceof StaleRecordError)) throw error;
  }
}

/** Told last, and again by whoever finds the record at its end: telling twice is harmless, never telling is not. */
async function announceEnd(deps: Deps, { migration }: MigrationRecord): Promise<void> {
  const { state, vmid, migration_id, final_node } = migration;
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return;
  await deps.announce(state, migration);
  if (state === 'completed') await deps.outcomes.begin(migration);
  deps.log.info({ vmid, migration_id, state, final_node }, 'migration ended');
}
