import { type ClusterSnapshot, GuestTagsChanged, SnapshotTaken, TagState } from '@proxbalance/contracts';
import type { Bus } from '../bus/bus.ts';
import type { Envelope } from '../bus/envelope.ts';
import { openOverlay } from './overlay.ts';
import { retag } from './retag.ts';

/** The cluster as the latest snapshot has it, with the tags that were changed since: a read model of this process. */
export type ClusterView = {
  /** null: there was no snapshot yet. */
  current(): ClusterSnapshot | null;
  /** Any snapshot with the tags that were changed since it. */
  retagged(snapshot: ClusterSnapshot): ClusterSnapshot;
  /** For who hears of tags before the event does. */
  learnTags(state: TagState): void;
  /** Called when there is a new snapshot, and when tags make another one of it. */
  onChange(listener: (current: ClusterSnapshot, isNew: boolean) => void): void;
};

/** A snapshot is never much older while tags can be changed. */
const lookBackMs = 15 * 60_000;

/** The stream's order is the order that counts; clocks of the hosts a collector may run on differ. */
export function followCluster(bus: Pick<Bus, 'observe' | 'observeAll'>): ClusterView {
  let latest: ClusterSnapshot | null = null;
  let shown: ClusterSnapshot | null = null;
  const tagged = openOverlay<TagState['parsed']>();
  const listeners = new Set<(current: ClusterSnapshot, isNew: boolean) => void>();
  const show = (isNew: boolean) => {
    if (!latest) return;
    shown = retag(latest, tagged.entries());
    for (const listener of listeners) listener(shown, isNew);
  };
  const learnTags = ({ vmid, parsed, read_at }: TagState) => {
    if (tagged.learn(vmid, parsed, read_at, latest?.collected_at)) show(false);
  };
  bus.observe(SnapshotTaken, ({ data }) => {
    latest = data;
    tagged.snapshotTaken(data.collected_at);
    show(true);
  });
  // Several guests may have been tagged since the snapshot, so not only the newest event counts.
  bus.observeAll(new Date(Date.now() - lookBackMs), whenTagged(learnTags), 'guest');
  return {
    current: () => shown,
    retagged: (snapshot) => retag(snapshot, tagged.entries(snapshot.collected_at)),
    learnTags,
    onChange: (listener) => void listeners.add(listener),
  };
}

function whenTagged(learn: (state: TagState) => void): (envelope: Envelope) => void {
  return ({ type, data }) => {
    const state = type === GuestTagsChanged.type ? TagState.safeParse(data) : undefined;
    if (state?.success) learn(state.data);
  };
}
