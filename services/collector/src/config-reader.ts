import { isProxmoxError, type Proxmox, type ResourceGuest, readConfigFacts } from '@proxbalance/proxmox';
import { type Log, pause } from '@proxbalance/service-kit';
import type { KnownConfig, Memory } from './memory.ts';

/** Configurations are read again after this long even when nothing seems to have changed. */
const rotateMs = 30 * 60_000;
/** A guest whose configuration could not be read is left alone for this long, unless its row changes. */
const retryMs = 30_000;
const parallel = 8;

/** Reads guest configurations in the background: what is new or changed first, then what is oldest. */
export type ConfigReader = {
  /** Starts reading what is due and waits for it, `waitMs` at most; the rest goes on by itself. What was read since the last call goes into the memory. */
  refresh(proxmox: Proxmox, rows: readonly ResourceGuest[], memory: Memory, waitMs: number): Promise<void>;
};

/** When a row's configuration was tried in vain. */
export type Failures = ReadonlyMap<number, { rowKey: string; at: number }>;

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
  const finished = new Map<number, KnownConfig>();
  const failures = new Map<number, { rowKey: string; at: number }>();
  const handOver = (memory: Memory) => {
    for (const [vmid, known] of finished) {
      memory.configs.set(vmid, known);
      memory.unsaved.add(vmid);
    }
    finished.clear();
  };
  return {
    async refresh(proxmox, rows, memory, waitMs) {
      // What was finished between two ticks is known: it is not due again.
      handOver(memory);
      const present = new Set(rows.map((row) => row.vmid));
      for (const vmid of failures.keys()) if (!present.has(vmid)) failures.delete(vmid);
      running ??= readAll(dueRows(rows, memory.configs, failures, now().getTime()), proxmox).finally(() => {
        running = null;
      });
      await within(running, waitMs, signal);
      handOver(memory);
    },
  };

  async function readAll(queue: ResourceGuest[], proxmox: Proxmox): Promise<void> {
    let failed = 0;
    const away = new Set<string>();
    const worker = async () => {
      for (let row = queue.shift(); row && !signal.aborted; row = queue.shift()) {
        if (away.has(row.node)) continue;
        try {
          const config = await proxmox.guestConfig(row.node, row.kind, row.vmid);
          const facts = readConfigFacts(row.kind, config.raw);
          failures.delete(row.vmid);
          finished.set(row.vmid, { rowKey: rowKey(row), facts, readAt: now().toISOString() });
        } catch (error) {
          failed++;
          failures.set(row.vmid, { rowKey: rowKey(row), at: now().getTime() });
          log.debug({ err: error, vmid: row.vmid }, 'guest configuration not readable');
          // A host or node that is away is not asked thousands of times.
          if (isProxmoxError(error, 'node-unreachable')) away.add(row.node);
          if (isProxmoxError(error, 'unreachable') || isProxmoxError(error, 'authentication')) queue.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    if (failed > 0)
      log.warn({ failed }, 'some guest configurations could not be read: these guests stay where they are');
  }
}

/** Waits for the work, but not for long. */
export async function within(work: Promise<unknown>, waitMs: number, signal: AbortSignal): Promise<void> {
  const patience = new AbortController();
  await Promise.race([work, pause(waitMs, AbortSignal.any([signal, patience.signal]))]);
  patience.abort();
}

/** First what was never read, then what changed, then what is older than the rotation (a slice of it per tick). */
export function dueRows(
  rows: readonly ResourceGuest[],
  known: ReadonlyMap<number, KnownConfig>,
  failures: Failures,
  nowMs: number,
): ResourceGuest[] {
  const isResting = (row: ResourceGuest) => {
    const failure = failures.get(row.vmid);
    return failure !== undefined && failure.rowKey === rowKey(row) && nowMs - failure.at < retryMs;
  };
  const awake = rows.filter((row) => !isResting(row));
  const fresh = awake.filter((row) => !known.has(row.vmid));
  const changed = awake.filter((row) => known.has(row.vmid) && known.get(row.vmid)?.rowKey !== rowKey(row));
  const old = awake
    .filter((row) => known.get(row.vmid)?.rowKey === rowKey(row))
    .map((row) => ({ row, readAt: Date.parse(known.get(row.vmid)?.readAt ?? '') }))
    .filter(({ readAt }) => nowMs - readAt > rotateMs)
    .sort((a, b) => a.readAt - b.readAt)
    .slice(0, Math.max(1, Math.ceil(rows.length / 60)));
  return [...fresh, ...changed, ...old.map(({ row }) => row)];
}
