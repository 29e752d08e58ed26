/** A guest that was found on another node, unix seconds. */
export type SeenNodeChange = { at: number; from: string; to: string };

/** When guests came to each node or left it, unix seconds, oldest first: what trends and forecasts take as `moves`. */
export const movesByNode = (changes: Iterable<SeenNodeChange>): Record<string, number[]> => {
  const moves = new Map<string, number[]>();
  for (const { at, from, to } of changes)
    for (const node of [from, to]) {
      const own = moves.get(node);
      if (own) own.push(at);
      else moves.set(node, [at]);
    }
  return Object.fromEntries([...moves].map(([node, times]) => [node, times.sort((a, b) => a - b)]));
};
