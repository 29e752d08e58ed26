import type { Change } from '@proxbalance/contracts';
import type { Problem } from '../../recommend/problem.ts';
import type { NodeState } from '../../state/node-state.ts';
import type { Placed, TargetFilter } from '../filter.ts';

/** Guests with the same exclude_ tag never share a node. */
export const antiAffinity: TargetFilter = {
  name: 'anti_affinity',
  summary: 'Guests with the same exclude_ tag never share a node',
  admits: (placed, target, problem) => refusalOf(placed, target, problem) === null,
  why: (placed, target, problem) => refusalOf(placed, target, problem) ?? '',
  change: (placed, target) => {
    const shared = sharedExclusions(placed, target);
    return shared.length > 0
      ? dropTags(shared)
      : { kind: 'make-readable', node: target.name, text: `let the tags of all guests on ${target.name} be read` };
  },
};

/** One or more tags less on the guest. */
export const dropTags = (tags: readonly string[]): Change => ({
  kind: 'drop-tag',
  tag: tags[0] ?? '',
  ...(tags.length > 1 ? { tags: [...tags], text: `drop tags ${tags.join(', ')}` } : { text: `drop tag ${tags[0]}` }),
});

/** The exclude_ tag of the guest that somebody on the target has too. */
const sharedExclusion = ({ guest }: Pick<Placed, 'guest'>, target: NodeState): string | undefined =>
  guest.tags?.exclude_groups.find((group) => (target.tags.get(group) ?? 0) > 0);

const sharedExclusions = ({ guest }: Pick<Placed, 'guest'>, target: NodeState): string[] =>
  (guest.tags?.exclude_groups ?? []).filter((group) => (target.tags.get(group) ?? 0) > 0);

const refusalOf = (placed: Placed, target: NodeState, { snapshot }: Problem): string | null => {
  const groups = placed.guest.tags?.exclude_groups ?? [];
  if (groups.length === 0) return null;
  const taken = sharedExclusion(placed, target);
  if (taken) return `A guest tagged ${taken} is there`;
  if (snapshot.unknown.includes('guests')) return 'Guests that the token is not shown may be there';
  return target.untold > 0 ? 'Tags of a guest there could not be read' : null;
};
