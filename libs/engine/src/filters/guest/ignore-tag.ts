import type { GuestFilter } from '../filter.ts';

/** The tag ignore keeps a guest where it is, except in maintenance. */
export const ignoreTag: GuestFilter = {
  name: 'ignore_tag',
  summary: 'The tag ignore keeps a guest where it is, except in maintenance',
  check: ({ guest, source }) =>
    guest.tags?.has_ignore && !source.maintenance
      ? { reason: 'has_ignore_tag', detail: 'The tag ignore excludes it' }
      : null,
};
