import type { GuestFilter } from '../filter.ts';

/** A template never moves. */
export const template: GuestFilter = {
  name: 'template',
  summary: 'A template never moves',
  check: ({ guest }) =>
    guest.template ? { reason: 'template', detail: 'Templates stay where their disks are' } : null,
};
