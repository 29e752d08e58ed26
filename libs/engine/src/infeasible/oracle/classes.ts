import type { Block } from './blocks.ts';
import type { Board } from './board.ts';

/** Which blocks are alike, and which nodes are as long as nothing is on them; each is among those like itself. */
export type Classes = {
  readonly blocks: ReadonlyMap<number, readonly number[]>;
  readonly nodes: ReadonlyMap<number, readonly number[]>;
};

/** Alike means that swapping two of them changes nothing: same needs, same nodes, same rules; same room, open to the same blocks. */
export const classesOf = ({ blocks, nodeCount, resourceCount, free, open, budget }: Board): Classes => {
  budget.left -= 3 * blocks.length * nodeCount;
  const nodeKey = (node: number) => {
    const whom = blocks.map((_, block) => open[block * nodeCount + node]).join('');
    return `${free.subarray(node * resourceCount, (node + 1) * resourceCount).join()} ${whom}`;
  };
  return {
    blocks: alike(blocks.length, (i) => blockKey(blocks[i])),
    nodes: alike(nodeCount, nodeKey),
  };
};

const blockKey = (block: Block | undefined): string => JSON.stringify([block?.demand, block?.ends, block?.apart]);

const alike = (count: number, keyOf: (i: number) => string): Map<number, number[]> => {
  const groups = Map.groupBy(
    Array.from({ length: count }, (_, i) => i),
    keyOf,
  );
  return new Map([...groups.values()].flatMap((group) => group.map((i) => [i, group])));
};
