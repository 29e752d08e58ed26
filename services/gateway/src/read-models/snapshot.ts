import { type ClusterSnapshot, type Guest, type Migration, RefusedError, SnapshotTaken } from '@proxbalance/contracts';
import type { Bus, MigrationsView } from '@proxbalance/service-kit';
import { type Prepared, prepare } from '../http/prepared.ts';
import { openMovedGuests } from './moved-guests.ts';

/** The latest snapshot, with moves that ended since laid over it, and answers made from it once. */
export type SnapshotModel = {
  /** Throws `no-snapshot` while there is none. */
  get(): ClusterSnapshot;
  peek(): ClusterSnapshot | null;
  /** Where a guest is now: what a finished move says counts until a snapshot from after it is there. */
  guest(vmid: number): Guest | undefined;
  guests(): Guest[];
  /** The answer called `name`, made by `make` on first use for each snapshot and each move that ended since. */
  prepared(name: string, make: (snapshot: ClusterSnapshot) => unknown): Prepared;
};

/** The stream's order is the order that counts; clocks of the hosts a collector may run on differ. */
export function followSnapshots(
  bus: Pick<Bus, 'observe'>,
  migrations: Pick<MigrationsView, 'onChange'>,
): SnapshotModel {
  let latest: ClusterSnapshot | null = null;
  let answers = new Map<string, Prepared>();
  const moved = openMovedGuests();
  bus.observe(SnapshotTaken, ({ data }) => {
    latest = data;
    answers = new Map();
    moved.snapshotTaken(data.collected_at);
  });
  migrations.onChange((migration: Migration) => {
    if (moved.migrationChanged(migration, latest?.collected_at)) answers = new Map();
  });
  const get = (): ClusterSnapshot => {
    if (latest) return latest;
    throw new RefusedError('no-snapshot', 'no snapshot of the cluster yet: the collector has not read Proxmox so far');
  };
  const place = (guest: Guest): Guest => {
    const node = moved.nodeOf(guest.vmid);
    return node === undefined ? guest : { ...guest, node };
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
      const answer = answers.get(name) ?? prepare(make(snapshot));
      answers.set(name, answer);
      return answer;
    },
  };
}
