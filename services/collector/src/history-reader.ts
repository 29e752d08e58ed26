import type { Proxmox } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import { within } from './config-reader.ts';
import { deriveNodeHistory, deriveWeek, type Week } from './derive/node-history.ts';
import type { KnownHistory, Memory } from './memory.ts';
import { inParallel, type Pace } from './pace.ts';

const dayEveryMs = 5 * 60_000;
/** A node whose history could not be read, or ends in a gap, is left alone for this long. */
const retryMs = 45_000;

/** Reads the nodes' series in the background. The week changes slowly, what it amounts to is kept in this process alone. */
export type HistoryReader = {
  /**
   * Starts reading what is due. Nobody waits for what is only old; for a node that has no history yet the caller does,
   * `waitMs` at most. What was read since the last call goes into the memory; a node that can't be read keeps what was known.
   */
  refresh(proxmox: Proxmox, nodes: readonly string[], memory: Memory, waitMs: number): Promise<void>;
};

export function openHistoryReader(log: Log, now: () => Date, signal: AbortSignal, pace: () => Pace): HistoryReader {
  const weeks = new Map<string, { value: Week; readAt: number }>();
  const triedAt = new Map<string, number>();
  const finished = new Map<string, KnownHistory>();
  let running: Promise<unknown> | null = null;
  let client: Proxmox | null = null;
  /** Another connection may lead to another cluster, whose nodes may have the same names. */
  const follow = (proxmox: Proxmox, memory: Memory) => {
    if (client && client !== proxmox) for (const kept of [weeks, triedAt, finished, memory.histories]) kept.clear();
    client = proxmox;
  };
  const readNode = async (proxmox: Proxmox, node: string, at: number) => {
    triedAt.set(node, at);
    try {
      const known = weeks.get(node);
      const isFresh = known !== undefined && at - known.readAt < pace().refreshMs;
      const week = isFresh ? known : { value: deriveWeek(await proxmox.nodeRrd(node, 'week')), readAt: at };
      if (client === proxmox) weeks.set(node, week);
      const history = deriveNodeHistory(await proxmox.nodeRrd(node, 'day'), week.value);
      if (client === proxmox) finished.set(node, { history, readAt: at });
    } catch (error) {
      log.warn({ err: error, node }, 'node history not readable');
    }
  };
  return {
    async refresh(proxmox, nodes, memory, waitMs) {
      const at = now().getTime();
      follow(proxmox, memory);
      const isDue = (node: string) => {
        if (at - (triedAt.get(node) ?? 0) < retryMs) return false;
        const known = memory.histories.get(node);
        return !known || known.history.isRecent === false || at - known.readAt >= dayEveryMs;
      };
      const isNew = nodes.some((node) => !memory.histories.has(node) && !triedAt.has(node));
      const read = (node: string) => readNode(proxmox, node, at);
      running ??= inParallel(nodes.filter(isDue), pace().workers, signal, read).finally(() => {
        running = null;
      });
      if (isNew) await within(running, waitMs, signal);
      for (const [node, known] of finished) memory.histories.set(node, known);
      if (finished.size > 0) memory.hasNewHistories = true;
      finished.clear();
    },
  };
}
