import type { GuestFilter } from '../filter.ts';

/** The HA manager places its own guests; only maintenance moves them. */
export const haManaged: GuestFilter = {
  name: 'ha_managed',
  summary: 'The HA manager places its own guests; only maintenance moves them',
  check: ({ guest, source }) =>
    guest.ha_managed && !source.maintenance
      ? { reason: 'ha_managed', detail: `Placed by the HA manager (${guest.ha_state ?? 'managed'})` }
      : null,
};
