import type { PlacementProblem } from '../placement/model.ts';

/** Every way to put the guests of a small problem on its nodes, permitted or not, but for what no move leads to: who is fixed stays, and to a closed node nothing comes. */
export const placementsOf = ({ nodes, guests }: PlacementProblem): number[][] =>
  guests.reduce<number[][]>(
    (all, { node: home, fixed }) => {
      const ends = [...nodes.keys()].filter((i) => i === home || (fixed === null && nodes[i]?.duty !== 'closed'));
      return all.flatMap((at) => ends.map((node) => [...at, node]));
    },
    [[]],
  );
