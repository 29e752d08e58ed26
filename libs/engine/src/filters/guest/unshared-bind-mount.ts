import type { GuestFilter } from '../filter.ts';

/** A folder of the host that other nodes do not have is lost in a move; maintenance accepts that. */
export const unsharedBindMount: GuestFilter = {
  name: 'unshared_bind_mount',
  summary: 'A folder of the host that other nodes do not have is lost in a move; maintenance accepts that',
  check: ({ guest, source }) => {
    const mounts = guest.mount_points;
    if (guest.type !== 'CT' || source.maintenance || !mounts?.has_unshared_bind_mount) return null;
    const paths = mounts.mount_points.filter((one) => one.is_bind_mount && !one.is_shared).map((one) => one.source);
    return { reason: 'unshared_bind_mount', detail: `Mounts folders of the host: ${paths.join(', ')}` };
  },
};
