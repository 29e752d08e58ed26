import type { Migration } from '@proxbalance/contracts';

/** Guests whose move ended after the latest snapshot was taken. */
export type MovedGuests = {
  nodeOf(vmid: number): string | undefined;
  snapshotTaken(collectedAt: string): void;
  /** Whether it makes a difference. */
  migrationChanged(migration: Migration, latestCollectedAt: string | undefined): boolean;
};

/**
 * A snapshot may have been begun before a move ended and arrive after it, so the times decide. They come from two hosts:
 * whatever they say, the third snapshot since has surely seen where the guest is.
 */
const snapshotsMax = 3;

export function openMovedGuests(): MovedGuests {
  const moved = new Map<number, { node: string; at: string; snapshots: number }>();
  return {
    nodeOf: (vmid) => moved.get(vmid)?.node,
    snapshotTaken(collectedAt) {
      for (const [vmid, move] of moved) {
        move.snapshots++;
        if (move.at <= collectedAt || move.snapshots >= snapshotsMax) moved.delete(vmid);
      }
    },
    migrationChanged({ vmid, final_node: node, finished_at: at }, latestCollectedAt) {
      if (!node || !at || (latestCollectedAt !== undefined && at <= latestCollectedAt)) return false;
      moved.set(vmid, { node, at, snapshots: 0 });
      return true;
    },
  };
}
