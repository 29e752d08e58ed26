import type { Block } from './blocks.ts';
import type { Budget } from './budget.ts';
import type { Compact } from './compact.ts';

/** What is left of each node, and the rules that have a member there. */
type Filling = { readonly free: Float64Array; readonly rules: readonly Set<number>[] };

/**
 * One block after the other, at home where it can stay and else where most is left: good enough where there is plenty, and quick. The
 * node of each block; null: that did not work, which says nothing.
 */
export const dive = (
  compact: Compact,
  blocks: readonly Block[],
  homes: readonly number[],
  budget: Budget,
): readonly number[] | null => {
  const rules = Array.from({ length: compact.nodeCount }, () => new Set<number>());
  const filling = { free: compact.room.slice(), rules };
  const nodeOf: number[] = [];
  for (const [b, block] of blocks.entries()) {
    const node = nodeFor(compact, filling, block, homes[b], budget);
    if (node === null || budget.left <= 0) return null;
    nodeOf.push(node);
    for (const rule of block.apart) rules[node]?.add(rule);
    for (const [i, wanted] of block.demand.entries()) {
      const at = node * compact.resourceCount + i;
      filling.free[at] = (filling.free[at] ?? 0) - wanted;
    }
  }
  return nodeOf;
};

const nodeFor = (
  compact: Compact,
  { free, rules }: Filling,
  block: Block,
  home: number | undefined,
  budget: Budget,
): number | null => {
  const slackOn = (node: number) =>
    block.apart.some((rule) => rules[node]?.has(rule)) ? -1 : slackOf(compact, free, block, node);
  budget.left -= 1;
  if (home !== undefined && block.ends.includes(home) && slackOn(home) >= 0) return home;
  budget.left -= block.ends.length;
  let [best, most] = [-1, Number.NEGATIVE_INFINITY];
  for (const node of block.ends) {
    const slack = slackOn(node);
    if (slack >= 0 && slack > most) [best, most] = [node, slack];
  }
  return best < 0 ? null : best;
};

/** How far a node is from being full once a block is there, by the scarcest resource the block needs: 1 is all of it, below 0 it does not fit. */
export const slackOf = (
  { room, resourceCount }: Compact,
  free: Float64Array,
  { demand }: Block,
  node: number,
): number => {
  let least = 1;
  for (let i = 0; i < resourceCount; i++) {
    const [wanted, at] = [demand[i] ?? 0, node * resourceCount + i];
    const all = room[at] ?? 0;
    if (wanted > 0 && Number.isFinite(all)) least = Math.min(least, ((free[at] ?? 0) - wanted) / (all || 1));
  }
  return least;
};
