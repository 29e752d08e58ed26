import type { Block } from './blocks.ts';
import type { Compact } from './compact.ts';

/** Sets of nodes that are looked at one by one; more would take longer than they are worth. */
const SETS_MAX = 200;

/**
 * Blocks that by themselves have no placement, for a simple reason: one has no node, some need more than is on the nodes they are
 * confined to, or rules keep more of them apart than there are nodes. None at all: a node is overfull while empty. Null: no such reason.
 */
export const hopeless = (compact: Compact, blocks: readonly Block[]): readonly Block[] | null => {
  if (compact.room.some((room) => room < 0)) return [];
  const stranded = blocks.find(({ ends }) => ends.length === 0);
  if (stranded) return [stranded];
  return crowded(compact, blocks) ?? crowdedApart(compact, blocks);
};

type Group = {
  readonly mask: bigint;
  readonly ends: readonly number[];
  readonly blocks: readonly Block[];
  readonly demand: readonly number[];
};

/** For each set of nodes that some block is confined to: those confined to it or less need more than is there. */
const crowded = (compact: Compact, blocks: readonly Block[]): readonly Block[] | null => {
  const { resourceCount, room } = compact;
  const groups = [...Map.groupBy(blocks, ({ ends }) => ends.join()).values()].map((some) => groupOf(compact, some));
  const everywhere = [...new Set(groups.flatMap(({ ends }) => ends))];
  const sets = [...groups.slice(0, SETS_MAX), { mask: maskOf(everywhere), ends: everywhere }];
  for (const { mask, ends } of sets) {
    const confined = groups.filter((group) => (group.mask & ~mask) === 0n);
    for (let i = 0; i < resourceCount; i++) {
      const there = ends.reduce((sum, node) => sum + (room[node * resourceCount + i] ?? 0), 0);
      if (confined.reduce((sum, { demand }) => sum + (demand[i] ?? 0), 0) <= there) continue;
      return largestOver(
        confined.flatMap((group) => group.blocks),
        i,
        there,
      );
    }
  }
  return null;
};

const groupOf = ({ resourceCount }: Compact, blocks: readonly Block[]): Group => {
  const ends = blocks[0]?.ends ?? [];
  const demand = Array.from({ length: resourceCount }, (_, i) =>
    blocks.reduce((sum, block) => sum + (block.demand[i] ?? 0), 0),
  );
  return { mask: maskOf(ends), ends, blocks, demand };
};

const maskOf = (nodes: readonly number[]): bigint => nodes.reduce((mask, node) => mask | (1n << BigInt(node)), 0n);

/** The largest of some blocks, as many as are too much together. */
const largestOver = (blocks: readonly Block[], resource: number, room: number): Block[] => {
  const sorted = blocks.toSorted((a, b) => (b.demand[resource] ?? 0) - (a.demand[resource] ?? 0));
  const taken: Block[] = [];
  let sum = 0;
  for (const block of sorted) {
    taken.push(block);
    sum += block.demand[resource] ?? 0;
    if (sum > room) break;
  }
  return taken;
};

const crowdedApart = (compact: Compact, blocks: readonly Block[]): readonly Block[] | null => {
  const byRule = Map.groupBy(
    blocks.flatMap((block) => block.apart.map((rule) => ({ rule, block }))),
    ({ rule }) => rule,
  );
  for (const rule of compact.apart.keys()) {
    const stuck = unsettled((byRule.get(rule) ?? []).map(({ block }) => block));
    if (stuck) return stuck;
  }
  return null;
};

/** Blocks that cannot have a node each: there is one to whom no chain of moving over leads, and it is among those it was asked of. */
const unsettled = (blocks: readonly Block[]): readonly Block[] | null => {
  const holder = new Map<number, Block>();
  const settle = (block: Block, asked: Set<number>): boolean =>
    block.ends.some((node) => {
      if (asked.has(node)) return false;
      asked.add(node);
      const other = holder.get(node);
      if (other && !settle(other, asked)) return false;
      holder.set(node, block);
      return true;
    });
  for (const block of blocks) {
    const asked = new Set<number>();
    if (!settle(block, asked)) return [block, ...[...asked].flatMap((node) => holder.get(node) ?? [])];
  }
  return null;
};
