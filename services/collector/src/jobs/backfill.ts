import type { NodeSample, Proxmox } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import { backfillFrom } from '../series/backfill.ts';
import type { Series } from '../series/reader.ts';
import { hourTier, quarterDayTier } from '../series/tiers.ts';

/** Fills in, once for each node that has no history of ours yet, what Proxmox kept of it. */
export type Backfiller = {
  /** Starts with nodes that were not seen before; nobody waits for it. */
  see(proxmox: Pick<Proxmox, 'nodeRrd'>, nodes: readonly string[]): void;
  /** Resolves when what was begun is done. */
  settled(): Promise<void>;
};

export function openBackfiller({ store, catalogue }: Series, log: Log, now: () => Date): Backfiller {
  const seen = new Set<string>();
  let work = Promise.resolve();
  const fill = async (proxmox: Pick<Proxmox, 'nodeRrd'>, node: string) => {
    if (!(await catalogue.claimBackfill(node))) return;
    try {
      const [day, week] = await Promise.all([proxmox.nodeRrd(node, 'day'), proxmox.nodeRrd(node, 'week')]);
      await write(node, day, week);
    } catch (error) {
      // Another start tries again.
      await catalogue.releaseBackfill(node);
      throw error;
    }
  };
  const write = async (node: string, day: readonly NodeSample[], week: readonly NodeSample[]) => {
    const { raw, hours, quarterDays } = backfillFrom(day, week, Math.floor(now().getTime() / 1000));
    const newest = raw.at(-1) ?? hours.at(-1);
    if (!newest) return;
    await store.appendRaw('node', new Map([[node, raw]]));
    await store.appendSummaries('node', hourTier, new Map([[node, hours]]));
    await store.appendSummaries('node', quarterDayTier, new Map([[node, quarterDays]]));
    await catalogue.touch('node', [node], newest.at);
  };
  return {
    see(proxmox, nodes) {
      for (const node of nodes) {
        if (seen.has(node)) continue;
        seen.add(node);
        work = work
          .then(() => fill(proxmox, node))
          .catch((error: unknown) => log.warn({ err: error, node }, 'the history of a node could not be filled in'));
      }
    },
    settled: () => work,
  };
}
