import type { ClusterSnapshot, Guest, GuestTags, Node } from '@proxbalance/contracts';

/** A snapshot with the tags that some guests have had since; what follows from tags follows. */
export function retag(snapshot: ClusterSnapshot, tags: readonly [vmid: number, GuestTags][]): ClusterSnapshot {
  const changed = tags.flatMap(([vmid, its]) => {
    const guest = snapshot.guests[vmid];
    return guest ? [withTags(guest, its)] : [];
  });
  if (changed.length === 0) return snapshot;
  const guests = { ...snapshot.guests, ...Object.fromEntries(changed.map((guest) => [String(guest.vmid), guest])) };
  const summary = { ...snapshot.summary, ...countTagged(Object.values(guests)) };
  return { ...snapshot, guests, summary, nodes: exempted(snapshot, guests, changed) };
}

function withTags(guest: Guest, tags: GuestTags): Guest {
  const byPassthrough = guest.local_disks?.has_passthrough ? ('passthrough' as const) : null;
  const io_exempt_reason = tags.has_io_exempt ? 'tag' : byPassthrough;
  return { ...guest, tags, io_exempt: io_exempt_reason !== null, io_exempt_reason };
}

const countTagged = (guests: readonly Guest[]) => ({
  ignored_guests: guests.filter(({ tags }) => tags?.has_ignore).length,
  excluded_guests: guests.filter(({ tags }) => tags && tags.exclude_groups.length > 0).length,
});

/** A node's I/O wait is not held against it while a running guest there is exempt. */
function exempted(before: ClusterSnapshot, guests: ClusterSnapshot['guests'], changed: readonly Guest[]) {
  const isOther = ({ vmid, io_exempt_reason }: Guest) => before.guests[vmid]?.io_exempt_reason !== io_exempt_reason;
  const names = new Set(changed.filter(isOther).map(({ node }) => node));
  if (names.size === 0) return before.nodes;
  const nodes = Object.entries(before.nodes).map(([name, node]) => [
    name,
    names.has(name) ? exemptedBy(node, guests) : node,
  ]);
  return Object.fromEntries(nodes) as ClusterSnapshot['nodes'];
}

function exemptedBy(node: Node, guests: ClusterSnapshot['guests']): Node {
  const iowait_exempt_guests = node.guests.flatMap((vmid) => {
    const guest = guests[vmid];
    if (guest?.status !== 'running' || !guest.io_exempt) return [];
    return [{ vmid, name: guest.name, reason: guest.io_exempt_reason ?? 'tag' }];
  });
  return { ...node, iowait_exempt: iowait_exempt_guests.length > 0, iowait_exempt_guests };
}
