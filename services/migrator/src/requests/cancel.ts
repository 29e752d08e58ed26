import { isFinal, type Migration, type MigrationState, RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, parseUpid } from '@proxbalance/proxmox';
import type { Deps } from '../deps.ts';
import { migrationTypes } from '../steps/guest-tasks.ts';
import type { MigrationRecord } from '../store/record.ts';
import { brokerDown, invalid, proxmoxRefused } from './refusals.ts';
import { taskRefused } from './task-node.ts';

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

type Answer = { message: string; migration: Migration | null };

/**
 * Calls a move off. A queued one never begins; of a running one the task is interrupted, and what became of the guest is
 * found out as after any other move.
 */
export const cancelMigration =
  (deps: Deps) =>
  async ({ id }: { id: string }): Promise<Answer> => {
    if (uuid.test(id)) return cancelOwn(deps, id.toLowerCase());
    const upid = parseUpid(id);
    if (!upid) throw invalid('task_id', 'must be a UPID or a migration id');
    if (!migrationTypes.includes(upid.type)) throw invalid('task_id', `task type ${upid.type} is not a migration`);
    const own = await findByTask(deps, id);
    return own ? cancelOwn(deps, own) : stopForeign(deps, id);
  };

async function findByTask(deps: Deps, upid: string): Promise<string | null> {
  for (const { id } of await deps.store.active().catch(brokerDown)) {
    const record = await deps.store.load(id).catch(brokerDown);
    if (record && [record.migration.task_id, record.migration.child_task_id].includes(upid)) return id;
  }
  return null;
}

async function cancelOwn(deps: Deps, id: string): Promise<Answer> {
  const state = await deps.store.cancel(id).catch(brokerDown);
  if (!state) throw new RefusedError('migration-not-found', `no migration ${id}`);
  if (isFinal(state)) throw new RefusedError('conflict', `the migration has ended: ${state}`);
  if (state === 'verifying') throw new RefusedError('conflict', 'the task has ended; its outcome is being looked at');
  const record = await deps.store.load(id).catch(brokerDown);
  const migration = record?.migration ?? null;
  // A task that is not known yet is stopped by whoever learns of it: see `stopWhenCalledOff`.
  const message = state === 'running' && record ? await stopOwn(deps, record) : messages[state];
  return { message: message ?? 'called off', migration };
}

const messages: Partial<Record<MigrationState, string>> = {
  queued: 'called off; it will not begin',
  checking: 'called off; it will not begin',
  starting: 'called off; its task is told to stop as soon as it is known',
};

async function stopOwn(deps: Deps, { migration }: MigrationRecord): Promise<string> {
  const task = migration.child_task_id ?? migration.task_id;
  if (!task) return 'called off; its task is told to stop';
  try {
    await deps.link.get().stopTask(task);
    return 'the task was told to stop; the guest stays where it is';
  } catch (error) {
    if (!isProxmoxError(error) || error.kind === 'permission' || error.kind === 'authentication')
      return proxmoxRefused(error);
    return `called off; Proxmox could not be told yet and will be told again (${error.reason})`;
  }
}

async function stopForeign(deps: Deps, upid: string): Promise<Answer> {
  const proxmox = deps.link.get();
  const status = await proxmox.taskStatus(upid).catch((error: unknown) => taskRefused(proxmox, error, upid));
  if (!status.running) throw new RefusedError('conflict', `the task has ended: ${status.exitStatus ?? 'unknown'}`);
  await proxmox.stopTask(upid).catch(proxmoxRefused);
  return { message: 'the task was told to stop', migration: null };
}
