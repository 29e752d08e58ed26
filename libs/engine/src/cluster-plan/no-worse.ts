import type { PlacementGuest, PlacementNode, PlacementProblem, PlacementRule } from '../placement/model.ts';
import { nowhereNode } from './new-guests.ts';

/** What one more broken rule weighs: more than any move or evenness. */
const BROKEN = 1000;
/** Members up to which a rule is taken apart into pairs. */
const PAIRED = 40;

/**
 * The problem with less asked, the least first: rules of people that are broken now are kept as far as can be; then a node may also
 * stay as full as it is. Empty: nothing is broken that could be left so. What is kept now is never given up.
 */
export const noWorse = (problem: PlacementProblem): PlacementProblem[] => {
  // New guests could stay away: what they would break is not broken now.
  if (problem.nodes.some(({ id }) => id === nowhereNode)) return [];
  const at = problem.guests.map(({ node }) => node);
  const here = Map.groupBy(problem.guests, ({ node }) => node);
  const nodes = problem.nodes.map((node, n) => withRoomFor(node, here.get(n) ?? []));
  const spread = (members: readonly number[]) => new Set(members.map((g) => at[g])).size;
  const isBroken = (rule: PlacementRule, most: number) =>
    rule.hard && rule.origin === 'tag' && spread(rule.members) !== most;
  const affinity = problem.affinity.map((rule) => (isBroken(rule, 1) ? { ...rule, hard: false } : rule));
  const antiAffinity = problem.antiAffinity.flatMap((rule) =>
    isBroken(rule, rule.members.length) ? softened(rule) : [rule],
  );
  const objective = { ...problem.policy.objective, softWeight: BROKEN };
  const softer = { ...problem, affinity, antiAffinity, policy: { ...problem.policy, objective } };
  const isSofter =
    affinity.some((rule, i) => rule !== problem.affinity[i]) ||
    antiAffinity.some((rule, i) => rule !== problem.antiAffinity[i]);
  const isFull = nodes.some((node, n) => node !== problem.nodes[n]);
  return [...(isSofter ? [softer] : []), ...(isFull ? [{ ...softer, nodes }] : [])];
};

/** A soft rule counts the nodes that are shared, not by how many: of two members each, they count the pairs that share one. */
const softened = (rule: PlacementRule): PlacementRule[] => {
  const { members } = rule;
  if (members.length > PAIRED) return [{ ...rule, hard: false }];
  return members.flatMap((a, i) => members.slice(i + 1).map((b) => ({ ...rule, hard: false, members: [a, b] })));
};

const withRoomFor = (node: PlacementNode, guests: readonly PlacementGuest[]): PlacementNode => {
  const sum = (of: (guest: PlacementGuest) => number) => guests.reduce((all, guest) => all + of(guest), 0);
  const [memMib, vcpuLimitMilli] = [sum((guest) => guest.memMib), sum((guest) => guest.vcpusMilli)];
  if (memMib <= node.memMib && vcpuLimitMilli <= node.vcpuLimitMilli) return node;
  return {
    ...node,
    memMib: Math.max(node.memMib, memMib),
    vcpuLimitMilli: Math.max(node.vcpuLimitMilli, vcpuLimitMilli),
  };
};
