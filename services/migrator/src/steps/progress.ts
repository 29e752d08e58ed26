import type { Migration } from '@proxbalance/contracts';
import { type MigrationProgress, migrationProgress, type ProxmoxError } from '@proxbalance/proxmox';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { waitingFor } from '../transition.ts';

/** How often progress is told, milliseconds. */
const tellEveryMs = 1000;
const logLinesKept = 500;

/** How far a task is, read from its log and told as it goes. */
export function openProgress(deps: Deps, record: MigrationRecord) {
  const meter = migrationProgress();
  const log: string[] = [];
  let toldAt = Number.NEGATIVE_INFINITY;
  let current = record;
  const tell = () => {
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    // Worth telling, not worth failing for: the task goes on whether or not anyone hears of it.
    void deps
      .announce('progressed', current.migration)
      .catch((error: unknown) => deps.log.debug({ err: error }, 'progress not told'));
  };
  return {
    onLog(lines: string[]) {
      const seen = meter.feed(lines);
      log.push(...lines);
      log.splice(0, log.length - logLinesKept);
      current = { ...current, migration: { ...current.migration, waiting_for: null, progress: describe(seen) } };
      tell();
    },
    onTrouble(error: ProxmoxError) {
      // Met twice a second for as long as it lasts: written down once.
      const level = current.migration.waiting_for === null ? 'warn' : 'debug';
      deps.log[level]({ err: error, vmid: current.migration.vmid }, 'cannot follow the task for the moment');
      current = waitingFor(current, `Proxmox: ${error.reason}`);
      tell();
    },
    onCalledOff() {
      current = { ...current, migration: { ...current.migration, cancel_requested: true } };
    },
    record: () => current,
    log: () => log,
  };
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
