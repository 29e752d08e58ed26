import type { TargetFilter } from '../filter.ts';

/** A group of guests with the same affinity_ tag is not torn apart; maintenance may. */
export const affinity: TargetFilter = {
  name: 'affinity',
  summary: 'A group of guests with the same affinity_ tag is not torn apart; maintenance may',
  check: ({ guest, source }, target) => {
    if (source.maintenance) return null;
    const torn = guest.tags?.affinity_groups.find(
      (group) => (source.tags.get(group) ?? 0) > 1 && (target.tags.get(group) ?? 0) === 0,
    );
    return torn ? `It would leave its group ${torn}` : null;
  },
};
