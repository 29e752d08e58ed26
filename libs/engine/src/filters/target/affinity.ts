import type { NodeState } from '../../state/node-state.ts';
import type { Placed, TargetFilter } from '../filter.ts';
import { dropTags } from './anti-affinity.ts';

/** A group of guests with the same affinity_ tag is not torn apart; maintenance may. */
export const affinity: TargetFilter = {
  name: 'affinity',
  summary: 'A group of guests with the same affinity_ tag is not torn apart; maintenance may',
  admits: (placed, target, { respectAffinity }) => !respectAffinity || tornGroup(placed, target) === undefined,
  why: (placed, target) => `It would leave its group ${tornGroup(placed, target)}`,
  change: ({ guest, source }, target) =>
    dropTags((guest.tags?.affinity_groups ?? []).filter((group) => isTorn(group, source, target))),
};

/** The affinity group with other guests on the source and none on the target. */
const tornGroup = ({ guest, source }: Placed, target: NodeState): string | undefined =>
  source.maintenance ? undefined : guest.tags?.affinity_groups.find((group) => isTorn(group, source, target));

const isTorn = (group: string, source: NodeState, target: NodeState): boolean =>
  (source.tags.get(group) ?? 0) > 1 && (target.tags.get(group) ?? 0) === 0;
