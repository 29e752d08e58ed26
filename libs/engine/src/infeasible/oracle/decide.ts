import type { PlacementProblem } from '../../placement/model.ts';
import { type Block, blocksOf } from './blocks.ts';
import { boardOf } from './board.ts';
import { type Budget, spend } from './budget.ts';
import { type Compact, compactOf } from './compact.ts';
import { dive } from './dive.ts';
import { hopeless } from './hopeless.ts';
import { fill } from './search.ts';

/** Whether anything is permitted. `unknown`: the budget was used up, or a size is not a number. */
export type Decision =
  | { readonly answer: 'feasible'; readonly placement: readonly number[] }
  /** Guests for whom alone nothing is permitted already */
  | { readonly answer: 'infeasible'; readonly guests: readonly number[] }
  | { readonly answer: 'unknown' };

/** Blocks × nodes: up to the first number everything is tried, up to the second a while, and beyond it trying leads nowhere in any time. */
const SMALL = 600;
const LARGE = 8000;
const TRIES = 30;

/** Whether the guests of a problem can stand so that every limit and every hard rule is kept, whatever it takes to get there. Exact. */
export const decide = (problem: PlacementProblem, budget: Budget): Decision => {
  const compact = budget.left > 0 ? compactOf(problem) : null;
  if (!compact) return { answer: 'unknown' };
  budget.left -= compact.guestCount * compact.nodeCount;
  const blocks = blocksOf(compact);
  if ('torn' in blocks) return { answer: 'infeasible', guests: blocks.torn };
  const lost = hopeless(compact, blocks);
  if (lost) return { answer: 'infeasible', guests: lost.flatMap(({ guests }) => guests) };
  const sorted = byDifficulty(compact, blocks);
  const homes = homesOf(problem, sorted);
  const quick = dive(compact, sorted, homes, budget) ?? dive(compact, sorted, [], budget);
  if (quick) return { answer: 'feasible', placement: placementOf(compact, sorted, quick) };
  const size = sorted.length * compact.nodeCount;
  const most = size <= SMALL ? budget.left : size <= LARGE ? TRIES * size : 0;
  const [found, board] = spend(budget, most, (share) => {
    const empty = boardOf(compact, sorted, share);
    return [share.left > 0 ? fill(empty) : null, empty] as const;
  });
  if (found === null) return { answer: 'unknown' };
  if (!found) return { answer: 'infeasible', guests: [...problem.guests.keys()] };
  return { answer: 'feasible', placement: placementOf(compact, sorted, board.nodeOf) };
};

/** Who has fewer nodes first, of these who needs more of what is there. */
const byDifficulty = ({ room, nodeCount, resourceCount }: Compact, blocks: readonly Block[]): Block[] => {
  const total = Array.from({ length: resourceCount }, (_, resource) =>
    Array.from({ length: nodeCount }, (_, node) => room[node * resourceCount + resource] ?? 0).reduce(
      (a, b) => a + b,
      0,
    ),
  );
  const share = ({ demand }: Block) =>
    Math.max(...demand.map((wanted, i) => (wanted === 0 ? 0 : wanted / (total[i] || 1))));
  return blocks.toSorted((a, b) => a.ends.length - b.ends.length || share(b) - share(a));
};

/** The node of each block on which most of its guests are. */
const homesOf = ({ guests }: PlacementProblem, blocks: readonly Block[]): number[] =>
  blocks.map((block) => {
    const nodes = Map.groupBy(block.guests, (guest) => guests[guest]?.node ?? -1);
    return [...nodes].reduce((a, b) => (b[1].length > a[1].length ? b : a))[0];
  });

const placementOf = ({ guestCount }: Compact, blocks: readonly Block[], nodeOf: ArrayLike<number>): number[] => {
  const placement = new Array<number>(guestCount).fill(-1);
  for (const [b, { guests }] of blocks.entries()) for (const guest of guests) placement[guest] = nodeOf[b] ?? -1;
  return placement;
};
