import type { Compact } from './compact.ts';

/** Guests that have to end on one node, as one thing to be placed. */
export type Block = {
  readonly guests: readonly number[];
  /** By resource */
  readonly demand: readonly number[];
  /** Nodes that would do if nobody else were there, ascending */
  readonly ends: readonly number[];
  /** Indices of rules that keep it apart from other blocks, ascending */
  readonly apart: readonly number[];
};

/** Or, where two guests are to be together and apart, those that are to be together with them. */
export const blocksOf = (compact: Compact): Block[] | { readonly torn: readonly number[] } => {
  const blocks = groupsOf(compact).map((guests) => ({ guests, apart: [] as number[] }));
  const blockOf = new Map(blocks.flatMap((block) => block.guests.map((guest) => [guest, block])));
  for (const [rule, members] of compact.apart.entries())
    for (const guest of members) {
      const block = blockOf.get(guest);
      if (block?.apart.at(-1) === rule) return { torn: block.guests };
      block?.apart.push(rule);
    }
  return blocks.map(({ guests, apart }) => {
    const demand = Array.from({ length: compact.resourceCount }, (_, resource) =>
      guests.reduce((sum, guest) => sum + (compact.demand[guest * compact.resourceCount + resource] ?? 0), 0),
    );
    return { guests, apart, demand, ends: endsOf(compact, guests, demand) };
  });
};

const groupsOf = ({ guestCount, together }: Compact): number[][] => {
  const root = Array.from({ length: guestCount }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    for (let up = root[at] ?? at; up !== at; up = root[at] ?? at) {
      root[at] = root[up] ?? up;
      at = up;
    }
    return at;
  };
  for (const [first = 0, ...others] of together) for (const other of others) root[find(other)] = find(first);
  return [...Map.groupBy(root.keys(), find).values()];
};

const endsOf = (compact: Compact, guests: readonly number[], demand: readonly number[]): number[] => {
  const [first = [], ...others] = guests.map((guest) => compact.ends[guest] ?? []);
  const shared = others.reduce<readonly number[]>((left, ends) => left.filter((node) => ends.includes(node)), first);
  return shared.filter((node) =>
    demand.every((wanted, resource) => wanted <= (compact.room[node * compact.resourceCount + resource] ?? 0)),
  );
};
