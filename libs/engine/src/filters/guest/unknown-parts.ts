import type { Guest } from '@proxbalance/contracts';
import type { GuestFilter } from '../filter.ts';

/** Nothing is done with a guest of which something is not known. */
export const unknownState: GuestFilter = {
  name: 'unknown_parts',
  summary: 'Nothing is done with a guest of which something is not known',
  check: ({ guest, source }, { snapshot }) => {
    if (source.node.status !== 'online')
      return { reason: 'unknown_state', detail: `Its node ${source.name} is ${source.node.status}` };
    const missing = partsUnknown(guest, snapshot.unknown.includes('ha'));
    return missing.length > 0 ? { reason: 'unknown_state', detail: `Could not be read: ${missing.join(', ')}` } : null;
  },
};

/** What is missing, each part once: as the collector names it, and every part that is null. */
const partsUnknown = (guest: Guest, haUnread: boolean): string[] => {
  const parts: [name: string, missing: boolean][] = [
    ['tags', guest.tags === null],
    ['HA state', haUnread || guest.ha_managed === null],
    ['local disks', guest.local_disks === null],
    ['local devices', guest.local_devices === null],
    ['disks', guest.disks === null],
    ['mount points', guest.type === 'CT' && guest.mount_points === null],
    ['status', guest.status === 'unknown'],
  ];
  return [
    ...guest.unknown,
    ...parts.flatMap(([name, missing]) => (missing && !guest.unknown.includes(name) ? [name] : [])),
  ];
};
