import type { Block } from './blocks.ts';
import type { Budget } from './budget.ts';
import type { Compact } from './compact.ts';

/** Home is worth more than any room elsewhere. */
const HOME = 2;

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
  const free = compact.room.slice();
  const rules = Array.from({ length: compact.nodeCount }, () => new Set<number>());
  const nodeOf: number[] = [];
  for (const [b, block] of blocks.entries()) {
    budget.left -= block.ends.length;
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (const node of block.ends) {
      const slack = slackOf(compact, free, block, node);
      const worth = node === homes[b] ? HOME + slack : slack;
      if (slack < 0 || worth <= most || block.apart.some((rule) => rules[node]?.has(rule))) continue;
      [best, most] = [node, worth];
    }
    if (best < 0 || budget.left <= 0) return null;
    nodeOf.push(best);
    for (const rule of block.apart) rules[best]?.add(rule);
    for (const [i, wanted] of block.demand.entries()) {
      const at = best * compact.resourceCount + i;
      free[at] = (free[at] ?? 0) - wanted;
    }
  }
  return nodeOf;
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
