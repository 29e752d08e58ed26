import {
  type ClusterSnapshot,
  type Guest,
  GuestTagsChanged,
  type Migration,
  type Node,
  RefusedError,
  SnapshotTaken,
  TagState,
} from '@proxbalance/contracts';
import type { Bus, Envelope, MigrationsView } from '@proxbalance/service-kit';
import type { Prepared } from '../http/prepared.ts';
import { keepAnswers } from '../http/prepared-answers.ts';
import { openOverlay } from './overlay.ts';
import { retag } from './retag.ts';

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

/** A snapshot is never much older while tags can be changed. */
const lookBackMs = 15 * 60_000;

/** The stream's order is the order that counts; clocks of the hosts a collector may run on differ. */
export function followSnapshots(
  bus: Pick<Bus, 'observe' | 'observeAll'>,
  migrations: Pick<MigrationsView, 'onChange'>,
): SnapshotModel {
  let latest: ClusterSnapshot | null = null;
  let shown: ClusterSnapshot | null = null;
  const moved = openOverlay<string>();
  const tagged = openOverlay<TagState['parsed']>();
  const answers = keepAnswers();
  const show = () => {
    shown = latest && retag(latest, tagged.entries());
    answers.forget();
  };
  bus.observe(SnapshotTaken, ({ data }) => {
    latest = data;
    for (const overlay of [moved, tagged]) overlay.snapshotTaken(data.collected_at);
    show();
  });
  migrations.onChange(({ vmid, final_node: node, finished_at: at }: Migration) => {
    if (node && at && moved.learn(vmid, node, at, latest?.collected_at)) show();
  });
  const putTags = ({ vmid, parsed, read_at }: TagState) => {
    if (tagged.learn(vmid, parsed, read_at, latest?.collected_at)) show();
  };
  bus.observeAll(new Date(Date.now() - lookBackMs), whenTagged(putTags), 'guest');
  const get = (): ClusterSnapshot => {
    if (shown) return shown;
    throw new RefusedError('no-snapshot', 'no snapshot of the cluster yet: the collector has not read Proxmox so far');
  };
  return {
    get,
    peek: () => shown,
    ...lookUp(get, moved.of),
    putTags,
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

/** Several guests may have been tagged since the snapshot, so not only the newest event counts. */
function whenTagged(put: (state: TagState) => void): (envelope: Envelope) => void {
  return ({ type, data }) => {
    const state = type === GuestTagsChanged.type ? TagState.safeParse(data) : undefined;
    if (state?.success) put(state.data);
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
