import type { GuestTrend } from '@proxbalance/contracts';

/** When guests came to each node or left it, unix seconds, as their own trends saw it: what `analyzeNode` takes as `moves`. */
export const movesByNode = (guests: Iterable<GuestTrend>): Record<string, number[]> => {
  const moves = new Map<string, number[]>();
  for (const { migration_history } of guests) {
    for (const { at, source_node, target_node } of migration_history) {
      const time = Date.parse(at) / 1000;
      for (const node of [source_node, target_node]) moves.set(node, [...(moves.get(node) ?? []), time]);
    }
  }
  return Object.fromEntries([...moves].map(([node, times]) => [node, times.sort((a, b) => a - b)]));
};
