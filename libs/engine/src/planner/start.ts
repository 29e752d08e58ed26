import { noChange, weigh } from './change.ts';
import { make } from './make-change.ts';
import { placementOf } from './placement.ts';
import type { Tables } from './tables.ts';

/**
 * Where the search begins: every unit at home where it may stay; the others, the largest first, where they break least and then
 * cost least.
 */
export const startOf = (tables: Tables): Int32Array => {
  const { units, nodeCount, may, domains } = tables;
  const stays = (u: number, home: number) => home >= 0 && may[u * nodeCount + home] === 1;
  const at = Int32Array.from(units, ({ home }, u) => (stays(u, home) ? home : (domains[u]?.[0] ?? 0)));
  const homeless = [...units.keys()].filter((u) => !stays(u, units[u]?.home ?? -1));
  if (homeless.length === 0) return at;
  const placement = placementOf(tables, at);
  const change = noChange();
  for (let pass = 0; pass < 2; pass++)
    for (const u of homeless.sort((a, b) => sizeOf(tables, b) - sizeOf(tables, a) || a - b)) {
      let [least, target] = [0, -1];
      for (const n of domains[u] ?? []) {
        if (n === placement.at[u]) continue;
        weigh(placement, u, n, -1, change);
        const worse = overWeight * change.over + change.cost + tables.softWeight * change.soft + change.uneven;
        if (worse < least) [least, target] = [worse, n];
      }
      if (target < 0) continue;
      weigh(placement, u, target, -1, change);
      make(placement, u, target, -1, change);
    }
  return Int32Array.from(placement.at);
};

const overWeight = 1e9;

const sizeOf = ({ needs, needAmounts, overScale }: Tables, u: number): number => {
  let size = 0;
  for (let i = needs.start[u] ?? 0; i < (needs.start[u + 1] ?? 0); i++)
    size = Math.max(size, (needAmounts[i] ?? 0) * (overScale[needs.values[i] ?? 0] ?? 1));
  return size;
};
