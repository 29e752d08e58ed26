import { isProxmoxError, parseUpid, type TaskEnd, taskFailureReason, waitForTask } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { transition } from '../transition.ts';
import { readGuestTasks } from './guest-tasks.ts';
import { openProgress } from './progress.ts';
import { stopWhenCalledOff } from './stop.ts';

/** A task whose node can't be reached for this long is judged by where the guest is. */
const lostAfterMs = 60_000;
/** The HA manager works in rounds of ten seconds; after this many nothing is coming. Fewer when it may not have heard. */
const haChildWaitMs = { heard: 90_000, perhaps: 40_000 };
const reasonsKept = 50;

/** running: follows the task to its end, telling how far it is. Begins anew at the log's first line after a restart. */
export async function follow(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const { task_id: upid, child_task_id: child, migration_id } = record.migration;
  if (!upid || !parseUpid(upid)) return transition(record, 'verifying', deps.now(), 'the task is not known');
  await deps
    .announce('started', record.migration)
    .catch((error: unknown) => deps.log.warn({ err: error, migration_id }, 'start not told'));
  if (child) return followTask(deps, record, child);
  const after = await followTask(deps, record, upid);
  const isRefused = after.exitStatus?.startsWith("command 'ha-manager");
  return parseUpid(upid)?.type === 'hamigrate' && !isRefused ? followHaChild(deps, record, after) : after;
}

async function followTask(deps: Deps, record: MigrationRecord, upid: string): Promise<MigrationRecord> {
  const progress = openProgress(deps, record);
  const stopping = new AbortController();
  void stopWhenCalledOff(deps, record.migration, upid, stopping.signal, progress.onCalledOff);
  // Asked of whatever connection the settings name at that moment.
  const tasks = {
    taskStatus: (id: string) => deps.link.get().taskStatus(id),
    taskLog: (id: string, range: { start: number; limit: number }) => deps.link.get().taskLog(id, range),
  };
  try {
    const end = await waitForTask(tasks, upid, {
      pollMs: deps.pollMs,
      signal: deps.signal,
      lostAfterMs,
      onLog: progress.onLog,
      onTrouble: progress.onTrouble,
    });
    return afterTask(deps, progress.record(), end, progress.log());
  } catch (error) {
    // What can't be asked for will not be answered later either.
    if (!isProxmoxError(error, 'parameter') && !isProxmoxError(error, 'not-implemented')) throw error;
    return afterTask(deps, progress.record(), { lost: true, reason: error.reason, linesRead: 0 }, progress.log());
  } finally {
    stopping.abort();
  }
}

function afterTask(deps: Deps, record: MigrationRecord, end: TaskEnd, log: string[]): MigrationRecord {
  const detail = end.lost ? end.reason : `the task ended: ${end.exitStatus}`;
  const reason = end.lost ? end.reason : taskFailureReason(log, end.exitStatus);
  const reasons = log.filter((line) => line.includes('ERROR: ')).slice(-reasonsKept);
  return transition(record, 'verifying', deps.now(), detail, {
    migration: { warnings: !end.lost && end.warnings },
    own: { exitStatus: end.lost ? null : end.exitStatus, reasons, reason },
  });
}

/**
 * The first task only hands the wish on; the HA manager starts the real one some seconds later, or never. `after`: how
 * the first one ended. That it was interrupted, or got lost, does not mean that the wish was not heard.
 */
async function followHaChild(deps: Deps, record: MigrationRecord, after: MigrationRecord): Promise<MigrationRecord> {
  const { vmid, source_node, target_node, started_at } = record.migration;
  const wasHeard = after.exitStatus === 'OK';
  const giveUpAt = Date.parse(started_at ?? '') + (wasHeard ? haChildWaitMs.heard : haChildWaitMs.perhaps);
  for (;;) {
    deps.signal.throwIfAborted();
    const proxmox = deps.link.get();
    const tasks = await readGuestTasks(proxmox, source_node, vmid).catch((error: unknown) => {
      if (!isProxmoxError(error, 'node-unreachable')) throw error;
      return [];
    });
    const child = tasks.find((task) => task.type !== 'hamigrate' && !record.tasksBefore.includes(task.upid));
    if (child) {
      const found = await deps.store.save({
        ...record,
        migration: { ...record.migration, child_task_id: child.upid, waiting_for: null },
      });
      return followTask(deps, found, child.upid);
    }
    const { guests } = await proxmox.clusterResources();
    const guest = guests.find((row) => row.vmid === vmid);
    const isOver = deps.now().getTime() > giveUpAt && guest?.haState !== 'migrate';
    if (guest?.node === target_node || isOver) break;
    await pause(deps.pollMs, deps.signal);
  }
  const reason = wasHeard
    ? 'the HA manager did not carry the request out'
    : (after.reason ?? 'not heard by the HA manager');
  return transition(record, 'verifying', deps.now(), reason, { own: { exitStatus: null, reason } });
}
