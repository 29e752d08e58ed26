import type { Problem } from '../recommend/problem.ts';
import type { NodeState } from '../state/node-state.ts';
import { obstacle, type PlannedMove } from './group.ts';

/**
 * A way out when every move waits for another: the smallest guest that holds room somebody waits for is parked on a node that
 * nobody waits for, if there is one, and goes on from there later. A guest is parked once at most. null: there is none.
 */
export const findHop = (problem: Problem, pending: readonly PlannedMove[]): PlannedMove | null => {
  const awaited = new Set(pending.map(({ target }) => target));
  const candidates = pending.filter((move) => !move.hasHopped && awaited.has(move.source)).sort(smallerFirst);
  for (const move of candidates) {
    const others = problem.state.targets.filter((node) => node !== move.target && node !== move.source);
    const free = others.sort((a, b) => Number(awaited.has(a)) - Number(awaited.has(b)));
    const parking = free.find((node) => obstacle(move, node, problem) === null);
    if (parking) return { ...move, target: parking, isTemporary: true, reason: parked(move, parking) };
  }
  return null;
};

const parked = ({ source }: PlannedMove, parking: NodeState): string =>
  `Waits on ${parking.name} so that ${source.name} can take what waits for it`;

const smallerFirst = ({ guest: a }: PlannedMove, { guest: b }: PlannedMove): number =>
  a.mem_max_gb - b.mem_max_gb || a.vmid - b.vmid;
