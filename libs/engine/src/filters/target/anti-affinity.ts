import type { TargetFilter } from '../filter.ts';

/** Guests with the same exclude_ tag never share a node. */
export const antiAffinity: TargetFilter = {
  name: 'anti_affinity',
  summary: 'Guests with the same exclude_ tag never share a node',
  check: ({ guest }, target, { snapshot }) => {
    const groups = guest.tags?.exclude_groups ?? [];
    const taken = groups.find((group) => (target.tags.get(group) ?? 0) > 0);
    if (taken) return `A guest tagged ${taken} is there`;
    if (groups.length === 0) return null;
    if (snapshot.unknown.includes('guests')) return 'Guests that the token is not shown may be there';
    return target.untold > 0 ? 'Tags of a guest there could not be read' : null;
  },
};
