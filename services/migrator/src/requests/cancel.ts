import { isFinal, type Migration, RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, parseUpid } from '@proxbalance/proxmox';
import { migrationTypes } from '../checks/locks.ts';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { brokerDown, proxmoxRefused } from './accept.ts';

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

type Answer = { message: string; migration: Migration | null };

/**
 * Calls a move off. A queued one never begins; of a running one the task is interrupted, and what became of the guest is
 * found out as after any other move.
 */
export const cancelMigration =
  (deps: Deps) =>
  async ({ id }: { id: string }): Promise<Answer> => {
    if (uuid.test(id)) return cancelOwn(deps, await loadOwn(deps, id));
    const upid = parseUpid(id);
    if (!upid) {
      throw new RefusedError('invalid-input', 'not a UPID and not a migration id', [
        { path: 'task_id', message: 'must be a UPID or a migration id' },
      ]);
    }
    if (!migrationTypes.includes(upid.type)) {
      throw new RefusedError('invalid-input', `task type ${upid.type} is not a migration`, [
        { path: 'task_id', message: 'must be a migration task' },
      ]);
    }
    const own = await findByTask(deps, id);
    if (own) return cancelOwn(deps, own);
    return stopForeign(deps, id);
  };

async function loadOwn(deps: Deps, id: string): Promise<MigrationRecord> {
  const record = await deps.store.load(id).catch(brokerDown);
  if (!record) throw new RefusedError('migration-not-found', `no migration ${id}`);
  return record;
}

async function findByTask(deps: Deps, upid: string): Promise<MigrationRecord | null> {
  for (const reservation of await deps.store.active().catch(brokerDown)) {
    const record = await deps.store.load(reservation.id);
    if (record && [record.migration.task_id, record.migration.child_task_id].includes(upid)) return record;
  }
  return null;
}

async function cancelOwn(deps: Deps, record: MigrationRecord): Promise<Answer> {
  const { migration } = record;
  if (isFinal(migration.state)) throw new RefusedError('conflict', `the migration has ended: ${migration.state}`);
  const marked = { ...record, migration: { ...migration, cancel_requested: true } };
  await deps.store.save(marked).catch(brokerDown);
  const task = migration.child_task_id ?? migration.task_id;
  if (!task) return { message: 'called off; it will not begin', migration: marked.migration };
  await deps.link.get().stopTask(task).catch(proxmoxRefused);
  return { message: 'the task was told to stop; the guest stays where it is', migration: marked.migration };
}

async function stopForeign(deps: Deps, upid: string): Promise<Answer> {
  const proxmox = deps.link.get();
  const status = await proxmox.taskStatus(upid).catch((error: unknown) => {
    if (isProxmoxError(error, 'parameter'))
      throw new RefusedError('task-not-found', `Proxmox does not know task ${upid}`);
    return proxmoxRefused(error);
  });
  if (!status.running) throw new RefusedError('conflict', `the task has ended: ${status.exitStatus ?? 'unknown'}`);
  await proxmox.stopTask(upid).catch(proxmoxRefused);
  return { message: 'the task was told to stop', migration: null };
}
