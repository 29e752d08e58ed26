import type { NodeReading, ScoreRecord } from './score-record.ts';

/** A place for each node, in the order in which they are first seen: sums are kept in lists rather than in maps. */
export type NodeIndex = {
  readonly names: readonly string[];
  /** Calls with the reading of each node that is wanted. */
  each(nodes: ScoreRecord['nodes'], use: (place: number, reading: NodeReading) => void): void;
};

/** Of one node, or of all. */
export function indexNodes(only?: string): NodeIndex {
  const names: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, names.length);
    return names.push(name) - 1;
  };
  return {
    names,
    each(nodes, use) {
      for (const name in nodes) {
        const reading = nodes[name];
        if (reading && (only === undefined || only === name)) use(placeOf(name), reading);
      }
    },
  };
}
