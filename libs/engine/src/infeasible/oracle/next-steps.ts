import type { PlacementMove } from '../../placement/model.ts';
import type { Budget } from './budget.ts';
import type { Ground } from './ground.ts';

export type Placing = readonly number[];

/** Ways to move the members of one group at once; more are not gone through. */
const WAYS_MAX = 20_000;

/**
 * Every step that matters from a placement. Moves that run at once need at least the room and the distance they need one after the
 * other, so single moves are enough, and for what Proxmox holds together any moves of its members at once. Null: those are too many.
 */
export const nextSteps = (ground: Ground, at: Placing, budget: Budget): PlacementMove[][] | null => {
  const loads = loadsOf(ground, at);
  const single = at.flatMap((from, guest) =>
    (ground.targets[guest] ?? []).flatMap((to) => (to === from ? [] : [[{ guest, from, to }]])),
  );
  const joint = ground.groups.map((group) => jointMoves(ground, at, group));
  if (joint.includes(null)) return null;
  const all = [...single, ...joint.flatMap((ways) => ways ?? [])];
  const permitted = all.filter((step) => isPermitted(ground, at, loads, step));
  // Each step is a placement to be kept, of all guests
  budget.left -= all.length + permitted.length * at.length;
  return permitted;
};

const loadsOf = ({ compact }: Ground, at: Placing): Float64Array => {
  const { resourceCount, nodeCount, demand } = compact;
  const loads = new Float64Array(nodeCount * resourceCount);
  for (const [guest, node] of at.entries())
    for (let i = 0; i < resourceCount; i++)
      loads[node * resourceCount + i] =
        (loads[node * resourceCount + i] ?? 0) + (demand[guest * resourceCount + i] ?? 0);
  return loads;
};

const jointMoves = ({ targets }: Ground, at: Placing, group: readonly number[]): PlacementMove[][] | null => {
  let ways: PlacementMove[][] = [[]];
  for (const guest of group) {
    const from = at[guest] ?? -1;
    const moves = (targets[guest] ?? []).filter((to) => to !== from).map((to) => ({ guest, from, to }));
    if (ways.length * (moves.length + 1) > WAYS_MAX) return null;
    ways = ways.flatMap((way) => [way, ...moves.map((move) => [...way, move])]);
  }
  return ways.filter((way) => way.length > 1);
};

const isPermitted = (ground: Ground, at: Placing, loads: Float64Array, step: readonly PlacementMove[]): boolean =>
  step.every((move) => isOnList(ground, move) && meetsNoFoe(ground, at, step, move)) &&
  hasRoom(ground, loads, step) &&
  staysTogether(ground, at, step) &&
  keepsPace(ground, step);

const isOnList = ({ allowed }: Ground, { guest, from, to }: PlacementMove): boolean => {
  const list = allowed[guest];
  return !list || list.has(to) || !list.has(from);
};

const meetsNoFoe = (
  { foes }: Ground,
  at: Placing,
  step: readonly PlacementMove[],
  { guest, to }: PlacementMove,
): boolean =>
  !foes[guest]?.some((foe) => at[foe] === to || step.some((other) => other.guest === foe && other.to === to));

const hasRoom = ({ compact }: Ground, loads: Float64Array, step: readonly PlacementMove[]): boolean => {
  const { resourceCount, demand, room } = compact;
  return step.every(({ to }) => {
    const arriving = step.filter((move) => move.to === to);
    for (let i = 0; i < resourceCount; i++) {
      const added = arriving.reduce((sum, { guest }) => sum + (demand[guest * resourceCount + i] ?? 0), 0);
      const at = to * resourceCount + i;
      if (added > 0 && (loads[at] ?? 0) + added > (room[at] ?? 0)) return false;
    }
    return true;
  });
};

const staysTogether = ({ groups, groupOf }: Ground, at: Placing, step: readonly PlacementMove[]): boolean => {
  const group = groups[groupOf[step[0]?.guest ?? -1] ?? -1];
  if (!group) return true;
  const after = (guest: number) => step.find((move) => move.guest === guest)?.to ?? at[guest];
  return new Set(group.map(after)).size <= new Set(group.map((guest) => at[guest])).size;
};

/** Members that travel from the same node to the same node are one move. */
const keepsPace = ({ maxNodeInflow, maxParallel }: Ground, step: readonly PlacementMove[]): boolean => {
  const journeys = new Map(step.map((move) => [`${move.from} ${move.to}`, move.to]));
  const inflows = Map.groupBy(journeys.values(), (to) => to);
  return journeys.size <= maxParallel && [...inflows.values()].every((moves) => moves.length <= maxNodeInflow);
};
