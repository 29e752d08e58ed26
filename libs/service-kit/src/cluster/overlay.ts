/** What became known of guests after the latest snapshot was taken. */
export type Overlay<T> = {
  of(vmid: number): T | undefined;
  /** Those that a snapshot of `collectedAt` has not surely seen; all without one. */
  entries(collectedAt?: string): [vmid: number, value: T][];
  snapshotTaken(collectedAt: string): void;
  /** Lays `value`, true since `at`, over a guest. Says whether that makes a difference. */
  learn(vmid: number, value: T, at: string, latestCollectedAt: string | undefined): boolean;
};

/**
 * A snapshot may have been begun before something happened and arrive after it, so the times decide. They may come from
 * two hosts: whatever they say, the third snapshot since has surely seen it.
 */
const snapshotsMax = 3;
/** How much older than its time a snapshot may be in parts: what is read first waits for what is read last. */
const readingMaxMs = 2000;

export function openOverlay<T>(): Overlay<T> {
  const known = new Map<number, { value: T; at: string; snapshots: number }>();
  return {
    of: (vmid) => known.get(vmid)?.value,
    entries: (collectedAt) =>
      [...known]
        .filter(([, { at }]) => collectedAt === undefined || !hasSeen(collectedAt, at))
        .map(([vmid, { value }]) => [vmid, value]),
    snapshotTaken(collectedAt) {
      for (const [vmid, entry] of known) {
        entry.snapshots++;
        if (hasSeen(collectedAt, entry.at) || entry.snapshots >= snapshotsMax) known.delete(vmid);
      }
    },
    learn(vmid, value, at, latestCollectedAt) {
      if (latestCollectedAt !== undefined && hasSeen(latestCollectedAt, at)) return false;
      const before = known.get(vmid);
      if (before && before.at > at) return false;
      known.set(vmid, { value, at, snapshots: 0 });
      return true;
    },
  };
}

const hasSeen = (collectedAt: string, at: string): boolean => Date.parse(collectedAt) - readingMaxMs >= Date.parse(at);
