import type { Proxmox, ResourceGuest } from '@proxbalance/proxmox';
import { isProxmoxError, readConfigFacts } from '@proxbalance/proxmox';
import { type Log, pause } from '@proxbalance/service-kit';

import type { KnownConfig } from './memory.ts';

/** Configurations are read again after this long even when nothing seems to have changed. */
const rotateMs = 30 * 60_000;
const parallel = 8;

/** Reads guest configurations in the background: what is new or changed first, then what is oldest. */
export type ConfigReader = {
  /** Starts reading what is due and waits for it, `waitMs` at most; the rest goes on by itself. Returns the vmids read since the last call. */
  refresh(
    proxmox: Proxmox,
    rows: readonly ResourceGuest[],
    known: Map<number, KnownConfig>,
    waitMs: number,
  ): Promise<number[]>;
};

/** What a configuration change shows itself by in the resource row. */
export const rowKey = (row: ResourceGuest): string =>
  JSON.stringify([
    row.kind,
    row.node,
    row.name,
    row.status,
    row.template,
    row.lock,
    row.vcpus,
    row.memTotalBytes,
    row.diskTotalBytes,
    row.tags,
    row.pool,
  ]);

export function openConfigReader(log: Log, now: () => Date, signal: AbortSignal): ConfigReader {
  let running: Promise<void> | null = null;
  let finished: number[] = [];
  return {
    async refresh(proxmox, rows, known, waitMs) {
      if (!running) {
        const queue = dueRows(rows, known, now().getTime());
        running = readAll(queue, proxmox, known).finally(() => {
          running = null;
        });
      }
      await Promise.race([running, pause(waitMs, signal)]);
      const done = finished;
      finished = [];
      return done;
    },
  };

  async function readAll(queue: ResourceGuest[], proxmox: Proxmox, known: Map<number, KnownConfig>): Promise<void> {
    let failures = 0;
    const worker = async () => {
      for (let row = queue.shift(); row && !signal.aborted; row = queue.shift()) {
        try {
          const config = await proxmox.guestConfig(row.node, row.kind, row.vmid);
          known.set(row.vmid, {
            rowKey: rowKey(row),
            facts: readConfigFacts(row.kind, config.raw),
            readAt: now().toISOString(),
          });
          finished.push(row.vmid);
        } catch (error) {
          failures++;
          log.debug({ err: error, vmid: row.vmid }, 'guest configuration not readable');
          // A guest that moved since is found at the next tick; a host that is away is not asked thousands of times.
          if (isProxmoxError(error, 'unreachable') || isProxmoxError(error, 'authentication')) queue.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    if (failures > 0)
      log.warn({ failures }, 'some guest configurations could not be read: these guests stay where they are');
  }
}

/** First what was never read, then what changed, then what is older than the rotation (a slice of it per tick). */
export function dueRows(
  rows: readonly ResourceGuest[],
  known: ReadonlyMap<number, KnownConfig>,
  nowMs: number,
): ResourceGuest[] {
  const fresh = rows.filter((row) => !known.has(row.vmid));
  const changed = rows.filter((row) => known.has(row.vmid) && known.get(row.vmid)?.rowKey !== rowKey(row));
  const old = rows
    .filter((row) => known.get(row.vmid)?.rowKey === rowKey(row))
    .map((row) => ({ row, readAt: Date.parse(known.get(row.vmid)?.readAt ?? '') }))
    .filter(({ readAt }) => nowMs - readAt > rotateMs)
    .sort((a, b) => a.readAt - b.readAt)
    .slice(0, Math.max(1, Math.ceil(rows.length / 60)));
  return [...fresh, ...changed, ...old.map(({ row }) => row)];
}
