import type { Migration } from '@proxbalance/contracts';
import { type MigrationProgress, migrationProgress, parseUpid, type Proxmox, type TaskEnd, taskFailureReason, waitForTask } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { transition } from '../transition.ts';
import { readGuestTasks } from './discover.ts';

/** How often progress is told, milliseconds. */
const tellEveryMs = 1000;
/** A task whose node can't be reached for this long is judged by where the guest is. */
const lostAfterMs = 60_000;
const logLinesKept = 500;
/** The HA manager works in rounds of ten seconds; after this many nothing is coming. */
const haChildWaitMs = 90_000;

/** running: follows the task to its end, telling how far it is. Begins anew at the log's first line after a restart. */
export async function follow(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const { task_id: upid, child_task_id: child } = record.migration;
  if (!upid) return transition(record, 'verifying', deps.now(), 'the task is not known');
  const proxmox = deps.link.get();
  if (child) return followTask(deps, proxmox, record, child);
  const isHa = parseUpid(upid)?.type === 'hamigrate';
  const after = await followTask(deps, proxmox, record, upid);
  if (!isHa || after.exitStatus !== 'OK') return after;
  return followHaChild(deps, proxmox, { ...record, viaHa: true });
}

async function followTask(deps: Deps, proxmox: Proxmox, record: MigrationRecord, upid: string): Promise<MigrationRecord> {
  const meter = migrationProgress();
  const log: string[] = [];
  let toldAt = 0;
  let current = record;
  const onLog = (lines: string[]) => {
    const seen = meter.feed(lines);
    log.splice(0, log.length + lines.length - logLinesKept);
    log.push(...lines);
    current = { ...current, migration: { ...current.migration, progress: describe(seen) } };
    const now = deps.now().getTime();
    if (now - toldAt < tellEveryMs) return;
    toldAt = now;
    // Progress is worth telling, not worth failing for: the task goes on whether or not anyone hears of it.
    void deps
      .announce('progressed', current.migration)
      .catch((error: unknown) => deps.log.debug({ err: error }, 'progress not told'));
  };
  const end = await waitForTask(proxmox, upid, {
    pollMs: deps.pollMs,
    signal: deps.signal,
    lostAfterMs,
    onLog,
    onTrouble: (error) => deps.log.warn({ err: error, upid }, 'cannot follow the task for the moment'),
  });
  const { errors } = meter.feed([]);
  return afterTask(deps, current, end, errors, taskFailureReason(log, end.lost ? null : end.exitStatus));
}

function afterTask(deps: Deps, record: MigrationRecord, end: TaskEnd, reasons: string[], reason: string): MigrationRecord {
  const detail = end.lost ? end.reason : `the task ended: ${end.exitStatus}`;
  return transition(record, 'verifying', deps.now(), detail, {
    migration: { warnings: !end.lost && end.warnings },
    own: { exitStatus: end.lost ? null : end.exitStatus, reasons, reason: end.lost ? end.reason : reason },
  });
}

/** The first task only hands the wish on; the HA manager starts the real one some seconds later, or never. */
async function followHaChild(deps: Deps, proxmox: Proxmox, record: MigrationRecord): Promise<MigrationRecord> {
  const { migration } = record;
  const giveUpAt = deps.now().getTime() + haChildWaitMs;
  while (!deps.signal.aborted && deps.now().getTime() < giveUpAt) {
    const tasks = await readGuestTasks(proxmox, migration.source_node, migration.vmid);
    const child = tasks.find((task) => task.type !== 'hamigrate' && !record.tasksBefore.includes(task.upid));
    if (child) {
      const found = { ...record, migration: { ...migration, child_task_id: child.upid } };
      await deps.store.save(found);
      return followTask(deps, proxmox, found, child.upid);
    }
    await pause(deps.pollMs, deps.signal);
  }
  deps.signal.throwIfAborted();
  const reason = 'the HA manager did not carry the request out';
  return transition(record, 'verifying', deps.now(), reason, { own: { exitStatus: null, reason } });
}

function describe(seen: MigrationProgress): Migration['progress'] {
  const rate = seen.bytesPerSecond;
  const left = Math.max(0, seen.totalBytes - seen.transferredBytes);
  return {
    percentage: seen.percentage ?? 0,
    transferred_bytes: seen.transferredBytes,
    total_bytes: seen.totalBytes,
    bytes_per_second: rate,
    eta_seconds: rate ? Math.round(left / rate) : null,
    phase: seen.phase,
  };
}
