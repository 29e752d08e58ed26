import { type ClusterSnapshot, type Guest, type Migration, RefusedError, SnapshotTaken } from '@proxbalance/contracts';
import type { Bus, MigrationsView } from '@proxbalance/service-kit';
import { type Prepared, prepare } from '../http/prepared.ts';

/** The latest snapshot, with moves that ended since laid over it, and answers made from it once. */
export type SnapshotModel = {
  /** Throws `no-snapshot` while there is none. */
  get(): ClusterSnapshot;
  peek(): ClusterSnapshot | null;
  /** Where a guest is now: what a finished move says counts until a newer snapshot is there. */
  guest(vmid: number): Guest | undefined;
  guests(): Guest[];
  /** The answer called `name`, made by `make` on first use for each snapshot. */
  prepared(name: string, make: (snapshot: ClusterSnapshot) => unknown): Prepared;
};

export function followSnapshots(bus: Bus, migrations: MigrationsView): SnapshotModel {
  let latest: ClusterSnapshot | null = null;
  let answers = new Map<string, Prepared>();
  const moved = new Map<number, { node: string; at: string }>();
  bus.observe(SnapshotTaken, ({ data }) => {
    if (latest && latest.collected_at > data.collected_at) return;
    latest = data;
    answers = new Map();
    for (const [vmid, { at }] of moved) if (at <= data.collected_at) moved.delete(vmid);
  });
  migrations.onChange((migration: Migration) => {
    const { vmid, final_node: node, finished_at: at } = migration;
    if (node && at && (!latest || at > latest.collected_at)) moved.set(vmid, { node, at });
  });
  const get = (): ClusterSnapshot => {
    if (!latest) throw new RefusedError('no-snapshot', 'no snapshot of the cluster yet: the collector has not read Proxmox so far');
    return latest;
  };
  const place = (guest: Guest): Guest => {
    const now = moved.get(guest.vmid);
    return now ? { ...guest, node: now.node } : guest;
  };
  return {
    get,
    peek: () => latest,
    guest(vmid) {
      const guest = get().guests[vmid];
      return guest && place(guest);
    },
    guests: () => Object.values(get().guests).map(place),
    prepared(name, make) {
      const snapshot = get();
      const answer = answers.get(name) ?? prepare(`${snapshot.snapshot_id}-${name}`, make(snapshot));
      answers.set(name, answer);
      return answer;
    },
  };
}
