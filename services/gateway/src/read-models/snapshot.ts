import {
  type ClusterSnapshot,
  type Guest,
  type Migration,
  type Node,
  RefusedError,
  type TagState,
} from '@proxbalance/contracts';
import { type Bus, followCluster, type MigrationsView, openOverlay } from '@proxbalance/service-kit';
import type { Prepared } from '../http/prepared.ts';
import { keepAnswers } from '../http/prepared-answers.ts';

/** The latest snapshot, with tags that were changed and moves that ended since laid over it, and answers made from it once. */
export type SnapshotModel = {
  /** With the tags as they are now. Throws `no-snapshot` while there is none. */
  get(): ClusterSnapshot;
  peek(): ClusterSnapshot | null;
  /** Where a guest is now: what a finished move says counts until a snapshot from after it is there. Throws `guest-not-found`. */
  guest(vmid: number): Guest;
  guests(): Guest[];
  /** Throws `node-not-found`. */
  node(name: string): Node;
  /** A change of tags that was asked for here is there at once. */
  putTags(state: TagState): void;
  /** The answer called `name`, made by `make` on first use for each snapshot and each change laid over it. */
  prepared(name: string, make: (snapshot: ClusterSnapshot) => unknown): Prepared | Promise<Prepared>;
};

export function followSnapshots(
  bus: Pick<Bus, 'observe' | 'observeAll'>,
  migrations: Pick<MigrationsView, 'onChange'>,
  whyNone: () => string,
): SnapshotModel {
  const cluster = followCluster(bus);
  const moved = openOverlay<string>();
  const answers = keepAnswers();
  cluster.onChange(({ collected_at }, isNew) => {
    if (isNew) moved.snapshotTaken(collected_at);
    answers.forget();
  });
  migrations.onChange(({ vmid, final_node: node, finished_at: at }: Migration) => {
    if (node && at && moved.learn(vmid, node, at, cluster.current()?.collected_at)) answers.forget();
  });
  const get = (): ClusterSnapshot => {
    const current = cluster.current();
    if (current) return current;
    throw new RefusedError('no-snapshot', `no snapshot of the cluster yet: ${whyNone()}`);
  };
  return {
    get,
    peek: cluster.current,
    ...lookUp(get, moved.of),
    putTags: cluster.learnTags,
    prepared: (name, make) => answers.of(name, () => make(get())),
  };
}

function lookUp(get: () => ClusterSnapshot, nodeOf: (vmid: number) => string | undefined) {
  const place = (guest: Guest): Guest => {
    const node = nodeOf(guest.vmid);
    return node === undefined ? guest : { ...guest, node };
  };
  return {
    guest: (vmid: number) => place(found(get().guests, vmid, 'guest-not-found', `no guest ${vmid} in the cluster`)),
    guests: () => Object.values(get().guests).map(place),
    node: (name: string) => found(get().nodes, name, 'node-not-found', `no node ${name} in the cluster`),
  };
}

function found<T>(
  all: Record<string, T>,
  name: string | number,
  code: 'guest-not-found' | 'node-not-found',
  message: string,
): T {
  const one = Object.hasOwn(all, name) ? all[name] : undefined;
  if (one === undefined) throw new RefusedError(code, message);
  return one;
}
