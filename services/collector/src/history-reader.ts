import type { NodeSample, Proxmox } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import { deriveNodeHistory } from './derive/node-history.ts';
import type { KnownHistory } from './memory.ts';

const dayEveryMs = 5 * 60_000;
const weekEveryMs = 60 * 60_000;

/** Series kept between reads: the week changes slowly, and its samples are not worth storing. */
export type HistoryReader = {
  /** Reads the series that are due; true when anything changed. A node that can't be read keeps what was known. */
  refresh(proxmox: Proxmox, nodes: readonly string[], known: Map<string, KnownHistory>): Promise<boolean>;
};

export function openHistoryReader(log: Log, now: () => Date): HistoryReader {
  const weeks = new Map<string, NodeSample[]>();
  return {
    async refresh(proxmox, nodes, known) {
      const nowMs = now().getTime();
      const due = nodes.filter((node) => nowMs - (known.get(node)?.dayReadAt ?? 0) >= dayEveryMs);
      const done = await Promise.all(due.map((node) => readNode(node, nowMs)));
      return done.includes(true);

      async function readNode(node: string, at: number): Promise<boolean> {
        try {
          const before = known.get(node);
          const weekIsDue = !weeks.has(node) || at - (before?.weekReadAt ?? 0) >= weekEveryMs;
          if (weekIsDue) weeks.set(node, await proxmox.nodeRrd(node, 'week'));
          const day = await proxmox.nodeRrd(node, 'day');
          const weekReadAt = weekIsDue ? at : (before?.weekReadAt ?? at);
          known.set(node, { history: deriveNodeHistory(day, weeks.get(node) ?? []), dayReadAt: at, weekReadAt });
          return true;
        } catch (error) {
          log.warn({ err: error, node }, 'node history not readable');
          return false;
        }
      }
    },
  };
}
