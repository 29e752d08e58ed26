import type { GuestFilter } from '../filter.ts';

/** A lock means that something else is at work on the guest. */
export const locked: GuestFilter = {
  name: 'locked',
  summary: 'A lock means that something else is at work on the guest',
  check: ({ guest }) =>
    guest.lock === null || guest.lock === '' ? null : { reason: 'locked', detail: `Locked by Proxmox: ${guest.lock}` },
};
