import type { ClusterSnapshot, Guest, GuestTags } from '@proxbalance/contracts';

/** A snapshot with the tags that some guests have had since; what follows from tags follows. */
export function retag(snapshot: ClusterSnapshot, tags: readonly [vmid: number, GuestTags][]): ClusterSnapshot {
  const changed = tags.flatMap(([vmid, its]) => {
    const guest = snapshot.guests[vmid];
    return guest ? [[String(vmid), withTags(guest, its)] as const] : [];
  });
  if (changed.length === 0) return snapshot;
  const guests = { ...snapshot.guests, ...Object.fromEntries(changed) };
  return { ...snapshot, guests, summary: { ...snapshot.summary, ...countTagged(Object.values(guests)) } };
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
