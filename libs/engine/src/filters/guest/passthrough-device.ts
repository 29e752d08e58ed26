import type { GuestFilter } from '../filter.ts';

/** A device of the host cannot follow its guest. */
export const passthroughDevice: GuestFilter = {
  name: 'passthrough_device',
  summary: 'A device of the host cannot follow its guest',
  check: ({ guest }) =>
    (guest.local_devices ?? []).length > 0
      ? { reason: 'passthrough_device', detail: `Uses devices of the host: ${guest.local_devices?.join(', ')}` }
      : null,
};
