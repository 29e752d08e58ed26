import type { NodeSample, Proxmox } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import { within } from './config-reader.ts';
import { deriveNodeHistory } from './derive/node-history.ts';
import type { KnownHistory, Memory } from './memory.ts';

const dayEveryMs = 5 * 60_000;
const weekEveryMs = 60 * 60_000;
/** A node whose history could not be read is left alone for this long. */
const retryMs = 60_000;

/** Reads the nodes' series in the background. The week changes slowly, its samples are kept in this process alone. */
export type HistoryReader = {
  /** Starts reading what is due and waits for it, `waitMs` at most. What was read since the last call goes into the memory; a node that can't be read keeps what was known. */
  refresh(proxmox: Proxmox, nodes: readonly string[], memory: Memory, waitMs: number): Promise<void>;
};

export function openHistoryReader(log: Log, now: () => Date, signal: AbortSignal): HistoryReader {
  const weeks = new Map<string, { samples: NodeSample[]; readAt: number }>();
  const triedAt = new Map<string, number>();
  const finished = new Map<string, KnownHistory>();
  let running: Promise<unknown> | null = null;
  const readNode = async (proxmox: Proxmox, node: string, at: number) => {
    triedAt.set(node, at);
    try {
      const known = weeks.get(node);
      const isFresh = known !== undefined && at - known.readAt < weekEveryMs;
      const week = isFresh ? known : { samples: await proxmox.nodeRrd(node, 'week'), readAt: at };
      weeks.set(node, week);
      const day = await proxmox.nodeRrd(node, 'day');
      finished.set(node, { history: deriveNodeHistory(day, week.samples), readAt: at });
    } catch (error) {
      log.warn({ err: error, node }, 'node history not readable');
    }
  };
  return {
    async refresh(proxmox, nodes, memory, waitMs) {
      const at = now().getTime();
      const isDue = (node: string) =>
        at - (memory.histories.get(node)?.readAt ?? 0) >= dayEveryMs && at - (triedAt.get(node) ?? 0) >= retryMs;
      running ??= Promise.all(nodes.filter(isDue).map((node) => readNode(proxmox, node, at))).finally(() => {
        running = null;
      });
      await within(running, waitMs, signal);
      for (const [node, known] of finished) memory.histories.set(node, known);
      if (finished.size > 0) memory.hasNewHistories = true;
      finished.clear();
    },
  };
}
