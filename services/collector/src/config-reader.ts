import { isProxmoxError, type Proxmox, type ResourceGuest, readConfigFacts } from '@proxbalance/proxmox';
import { type Log, pause } from '@proxbalance/service-kit';
import type { KnownConfig, Memory } from './memory.ts';
import { inParallel, type Pace } from './pace.ts';

/** Within this long configurations are read again even when nothing seems to have changed. */
const rotateMaxMs = 30 * 60_000;
/** A guest whose configuration could not be read is left alone for this long, unless its row changes. */
const retryMs = 30_000;

/** Reads guest configurations in the background: what is new or changed first, then what is oldest. */
export type ConfigReader = {
  /**
   * Starts reading what is due. What is new or changed is waited for, `waitMs` at most; the rest goes on by itself. What
   * was read since the last call goes into the memory.
   */
  refresh(proxmox: Proxmox, rows: readonly ResourceGuest[], memory: Memory, waitMs: number): Promise<void>;
};

/** When a row's configuration was tried in vain. */
export type Failures = ReadonlyMap<number, { rowKey: string; at: number }>;

/** To be raised with every change of `ConfigFacts`: what an older version kept is read anew. */
const factsVersion = 2;

/** What a configuration change shows itself by in the resource row. */
export const rowKey = (row: ResourceGuest): string =>
  JSON.stringify([
    factsVersion,
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

/**
 * Whether a configuration still is what the row is about. A row without statistics, of a node that is down say, has lost
 * its name and sizes with them: that is no change.
 */
export const describes = (known: KnownConfig, row: ResourceGuest): boolean =>
  known.rowKey === rowKey(row) || (row.status === 'unknown' && placeIn(known.rowKey) === placeIn(rowKey(row)));

/** Version, kind and node of a row key. */
const placeIn = (key: string): string => JSON.stringify((JSON.parse(key) as unknown[]).slice(0, 3));

export function openConfigReader(log: Log, now: () => Date, signal: AbortSignal, pace: () => Pace): ConfigReader {
  let running: Promise<void> | null = null;
  const queue: ResourceGuest[] = [];
  const inHand = new Set<number>();
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
      const { urgent, old } = dueRows(rows, memory.configs, failures, now().getTime(), pace().refreshMs);
      // What became due since goes before what has waited, whether or not somebody is reading.
      queue.splice(0, queue.length, ...[...urgent, ...old].filter((row) => !inHand.has(row.vmid)));
      running ??= readAll(proxmox).finally(() => {
        running = null;
      });
      if (urgent.length > 0) await within(running, waitMs, signal);
      handOver(memory);
    },
  };

  async function readAll(proxmox: Proxmox): Promise<void> {
    const away = new Set<string>();
    let failed = 0;
    await inParallel(queue, pace().workers, signal, async (row) => {
      if (away.has(row.node)) return;
      inHand.add(row.vmid);
      const error = await readOne(proxmox, row);
      inHand.delete(row.vmid);
      if (error === null) return;
      failed++;
      // A host or node that is away is not asked thousands of times.
      if (isProxmoxError(error, 'node-unreachable')) away.add(row.node);
      if (isProxmoxError(error, 'unreachable') || isProxmoxError(error, 'authentication')) queue.length = 0;
    });
    if (failed > 0)
      log.warn({ failed }, 'some guest configurations could not be read: these guests stay where they are');
  }

  /** What kept it from being read, if anything did. */
  async function readOne(proxmox: Proxmox, row: ResourceGuest): Promise<unknown> {
    try {
      const config = await proxmox.guestConfig(row.node, row.kind, row.vmid);
      const facts = readConfigFacts(row.kind, config.raw);
      failures.delete(row.vmid);
      finished.set(row.vmid, { rowKey: rowKey(row), facts, readAt: now().toISOString() });
      return null;
    } catch (error) {
      failures.set(row.vmid, { rowKey: rowKey(row), at: now().getTime() });
      log.debug({ err: error, vmid: row.vmid }, 'guest configuration not readable');
      return error;
    }
  }
}

/** Waits for the work, but not for long. */
export async function within(work: Promise<unknown>, waitMs: number, signal: AbortSignal): Promise<void> {
  const patience = new AbortController();
  await Promise.race([work, pause(waitMs, AbortSignal.any([signal, patience.signal]))]);
  patience.abort();
}

/** Urgent is what was never read, then what changed; old is what is due again, the oldest first. */
export function dueRows(
  rows: readonly ResourceGuest[],
  known: ReadonlyMap<number, KnownConfig>,
  failures: Failures,
  nowMs: number,
  refreshMs = rotateMaxMs,
): { urgent: ResourceGuest[]; old: ResourceGuest[] } {
  const rotateMs = Math.min(rotateMaxMs, refreshMs);
  const isResting = (row: ResourceGuest) => {
    const failure = failures.get(row.vmid);
    return failure !== undefined && failure.rowKey === rowKey(row) && nowMs - failure.at < retryMs;
  };
  const urgent: { fresh: ResourceGuest[]; changed: ResourceGuest[] } = { fresh: [], changed: [] };
  const old: { row: ResourceGuest; readAt: number }[] = [];
  for (const row of rows) {
    const read = known.get(row.vmid);
    if (isResting(row)) continue;
    const readAt = Date.parse(read?.readAt ?? '');
    if (!read) urgent.fresh.push(row);
    else if (!describes(read, row)) urgent.changed.push(row);
    else if (read.rowKey === rowKey(row) && nowMs - readAt > turnOf(row.vmid, rotateMs)) old.push({ row, readAt });
  }
  old.sort((a, b) => a.readAt - b.readAt);
  return { urgent: [...urgent.fresh, ...urgent.changed], old: old.map(({ row }) => row) };
}

/** Between half the rotation and all of it, differently for each guest: what was read at once is not due at once. */
const turnOf = (vmid: number, rotateMs: number): number =>
  (rotateMs / 2) * (1 + ((vmid * 0x9e3779b1) % 2 ** 32) / 2 ** 32);
