import type { GuestFilter } from '../filter.ts';

/** Only running guests make load; a stopped one moves in maintenance alone. */
export const stopped: GuestFilter = {
  name: 'stopped',
  summary: 'Only running guests make load; a stopped one moves in maintenance alone',
  check: ({ guest, source }) => {
    if (guest.status === 'running') return null;
    if (guest.status !== 'stopped')
      return { reason: 'stopped', detail: `It is ${guest.status}; only running or stopped guests are moved` };
    return source.maintenance ? null : { reason: 'stopped', detail: 'It is not running' };
  },
};
