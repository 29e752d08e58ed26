import type { GuestFilter } from '../filter.ts';

/** A guest that is being migrated is left alone. */
export const migrating: GuestFilter = {
  name: 'migrating',
  summary: 'A guest that is being migrated is left alone',
  check: ({ guest }, { migrating: moves, snapshot }) => {
    const detail = moves.get(String(guest.vmid));
    if (detail) return { reason: 'migrating', detail };
    return snapshot.unknown.includes('tasks')
      ? { reason: 'unknown_state', detail: 'Running tasks could not be read' }
      : null;
  },
};
