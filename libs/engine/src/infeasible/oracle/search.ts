import { type Board, close, lift, place, reopen, type Trail } from './board.ts';
import { type Classes, classesOf } from './classes.ts';
import { slackOf } from './dive.ts';

/**
 * Looks for a placement of all blocks by trying: the block with the fewest nodes left first, on the node with most room first. True:
 * the board holds one. False: there is none. Null: the budget was used up before that was known.
 */
export const fill = (board: Board): boolean | null => tryAll(board, classesOf(board));

const tryAll = (board: Board, classes: Classes): boolean | null => {
  const block = nextBlock(board);
  if (block === null) return true;
  if (isStuck(board)) return false;
  const closed: Trail = [];
  try {
    for (const node of nodesFor(board, block)) {
      if (board.open[block * board.nodeCount + node] === 0) continue;
      if (board.budget.left <= 0) return null;
      const found = tryOne(board, classes, block, node);
      if (found !== false) return found;
      if (!excludeAlike(board, classes, { block, node }, closed)) return false;
    }
    return false;
  } finally {
    reopen(board, closed);
  }
};

const tryOne = (board: Board, classes: Classes, block: number, node: number): boolean | null => {
  const trail: Trail = [];
  const found = place(board, block, node, trail) ? tryAll(board, classes) : false;
  if (found === true) return true;
  reopen(board, trail);
  lift(board, block, node);
  return found;
};

/** What did not work for one block on one node works for none of its kind on any node of that kind. False: somebody has no node left. */
const excludeAlike = (
  board: Board,
  classes: Classes,
  failed: { block: number; node: number },
  trail: Trail,
): boolean => {
  const alike = (classes.nodes.get(failed.node) ?? []).filter((node) => board.held[node] === 0);
  const nodes = board.held[failed.node] === 0 ? alike : [failed.node];
  const blocks = (classes.blocks.get(failed.block) ?? []).filter((other) => board.nodeOf[other] === -1);
  board.budget.left -= blocks.length * nodes.length;
  // Every one of them is closed, whoever ran out first
  return blocks.flatMap((block) => nodes.map((node) => close(board, block, node, trail))).every(Boolean);
};

const nextBlock = ({ blocks, nodeOf, choices, budget }: Board): number | null => {
  let best: number | null = null;
  budget.left -= blocks.length;
  for (let block = 0; block < blocks.length; block++) {
    if (nodeOf[block] !== -1) continue;
    if (best === null || (choices[block] ?? 0) < (choices[best] ?? 0)) best = block;
  }
  return best;
};

const nodesFor = (board: Board, block: number): number[] => {
  const nodes = Array.from({ length: board.nodeCount }, (_, node) => node);
  const open = nodes.filter((node) => board.open[block * board.nodeCount + node] === 1);
  const slacks = new Map(open.map((node) => [node, slackAt(board, block, node)]));
  return open.sort((a, b) => (slacks.get(b) ?? 0) - (slacks.get(a) ?? 0) || a - b);
};

const slackAt = ({ compact, free, blocks }: Board, block: number, node: number): number => {
  const one = blocks[block];
  return one ? slackOf(compact, free, one, node) : 0;
};

/** Whether what is still to be placed needs more than is left on the nodes where something of it could go. */
const isStuck = ({ blocks, nodeOf, nodeCount, resourceCount, open, free, budget }: Board): boolean => {
  const wanted = new Float64Array(resourceCount);
  const used = new Uint8Array(nodeCount);
  for (const [block, { demand }] of blocks.entries()) {
    if (nodeOf[block] !== -1) continue;
    for (let i = 0; i < resourceCount; i++) wanted[i] = (wanted[i] ?? 0) + (demand[i] ?? 0);
    for (let node = 0; node < nodeCount; node++) if (open[block * nodeCount + node] === 1) used[node] = 1;
    budget.left -= nodeCount;
  }
  return wanted.some((sum, resource) => {
    let left = 0;
    for (let node = 0; node < nodeCount; node++) if (used[node]) left += free[node * resourceCount + resource] ?? 0;
    return sum > left;
  });
};
