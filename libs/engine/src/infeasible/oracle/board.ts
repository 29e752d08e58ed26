import type { Block } from './blocks.ts';
import type { Budget } from './budget.ts';
import type { Compact } from './compact.ts';

/** Blocks on nodes while a placement is being looked for: what is left of each node, and which nodes are left for each block. */
export type Board = {
  readonly blocks: readonly Block[];
  /** Node of each block; -1: not placed yet */
  readonly nodeOf: Int32Array;
  /** By block × node: 1 while the block may still go there */
  readonly open: Uint8Array;
  /** How many nodes are open to each block */
  readonly choices: Int32Array;
  readonly nodeCount: number;
  /** What is left, by node × resource */
  readonly free: Float64Array;
  readonly resourceCount: number;
  /** Blocks placed on each node */
  readonly held: Int32Array;
  readonly compact: Compact;
  readonly budget: Budget;
};

/** What a placement took away, in pairs of block and node: all that is needed to take it back. */
export type Trail = number[];

export const boardOf = (compact: Compact, blocks: readonly Block[], budget: Budget): Board => {
  const { nodeCount, resourceCount, room } = compact;
  const open = new Uint8Array(blocks.length * nodeCount);
  for (const [b, { ends }] of blocks.entries()) for (const node of ends) open[b * nodeCount + node] = 1;
  return {
    blocks,
    nodeOf: new Int32Array(blocks.length).fill(-1),
    open,
    choices: Int32Array.from(blocks, ({ ends }) => ends.length),
    nodeCount,
    free: room.slice(),
    compact,
    resourceCount,
    held: new Int32Array(nodeCount),
    budget,
  };
};

/** Puts a block on a node and closes that node to who does not fit or may not be with it. False: somebody has no node left. */
export const place = (board: Board, block: number, node: number, trail: Trail): boolean => {
  const placed = board.blocks[block];
  if (!placed) return false;
  occupy(board, placed, node, -1);
  board.nodeOf[block] = node;
  const apart = new Set(placed.apart);
  let possible = true;
  board.budget.left -= board.blocks.length;
  for (const [other, { apart: rules }] of board.blocks.entries()) {
    if (board.nodeOf[other] !== -1 || board.open[other * board.nodeCount + node] === 0) continue;
    if (fits(board, other, node) && !rules.some((rule) => apart.has(rule))) continue;
    if (!close(board, other, node, trail)) possible = false;
  }
  return possible;
};

/** Closes a node to a block. False: that was its last one. */
export const close = (board: Board, block: number, node: number, trail: Trail): boolean => {
  const i = block * board.nodeCount + node;
  if (board.open[i] === 0) return true;
  board.open[i] = 0;
  board.choices[block] = (board.choices[block] ?? 0) - 1;
  trail.push(block, node);
  return (board.choices[block] ?? 0) > 0;
};

export const lift = (board: Board, block: number, node: number): void => {
  const placed = board.blocks[block];
  if (placed) occupy(board, placed, node, 1);
  board.nodeOf[block] = -1;
};

export const reopen = (board: Board, trail: Trail, length = 0): void => {
  while (trail.length > length) {
    const [node = 0, block = 0] = [trail.pop(), trail.pop()];
    board.open[block * board.nodeCount + node] = 1;
    board.choices[block] = (board.choices[block] ?? 0) + 1;
  }
};

const fits = ({ blocks, free, resourceCount }: Board, block: number, node: number): boolean => {
  const demand = blocks[block]?.demand ?? [];
  for (let i = 0; i < resourceCount; i++) if ((demand[i] ?? 0) > (free[node * resourceCount + i] ?? 0)) return false;
  return true;
};

const occupy = ({ free, resourceCount, held }: Board, { demand }: Block, node: number, sign: 1 | -1): void => {
  for (let i = 0; i < resourceCount; i++) {
    const at = node * resourceCount + i;
    free[at] = (free[at] ?? 0) + sign * (demand[i] ?? 0);
  }
  held[node] = (held[node] ?? 0) - sign;
};
