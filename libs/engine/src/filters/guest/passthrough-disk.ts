import type { GuestFilter } from '../filter.ts';

/** A disk of the host cannot follow its guest. */
export const passthroughDisk: GuestFilter = {
  name: 'passthrough_disk',
  summary: 'A disk of the host cannot follow its guest',
  check: ({ guest }) => {
    const disks = guest.local_disks;
    if (!disks?.has_passthrough && !disks?.is_pinned) return null;
    const names = disks.passthrough_disks.map((disk) => `${disk.key} (${disk.device})`).join(', ');
    return { reason: 'passthrough_disk', detail: `Uses disks of the host: ${names || disks.pinned_reason}` };
  },
};
