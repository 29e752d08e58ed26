import type { PlanRequest } from '@proxbalance/contracts';
import type { PlacementGuest, PlacementProblem } from '../placement/model.ts';
import type { SnapshotInput, SnapshotProblem } from '../placement/read-snapshot.ts';
import { isEmptied } from '../placement/snapshot-nodes.ts';
import { nowhereNode } from './new-guests.ts';

/** Where nodes are emptied or new guests placed, others move only to make room: that costs so many times as much. */
const BYSTANDER = 20;

type Wanted = Pick<PlanRequest, 'goal' | 'nodes' | 'overrides'>;

/** Whose places the goal is about: which nodes are to be emptied, which are left as they are, and whether others are spared. */
export const scopeOf = (
  { goal, nodes = [], overrides = {} }: Wanted,
  maintenanceNodes: readonly string[],
): Pick<
  SnapshotInput,
  'maintenanceNodes' | 'drainedNodes' | 'closedNodes' | 'failedNodes' | 'nowhere' | 'sparesOthers'
> => {
  const { drain_nodes = [], fail_nodes = [] } = overrides;
  const isPlacing = goal === 'place';
  const isEmptying = goal === 'what-if' && drain_nodes.length + fail_nodes.length > 0;
  return {
    // New guests are placed whatever else is to be done.
    maintenanceNodes: isPlacing ? [] : maintenanceNodes,
    drainedNodes: [...nodes, ...drain_nodes],
    closedNodes: isPlacing ? maintenanceNodes : [],
    failedNodes: fail_nodes,
    nowhere: isPlacing ? nowhereNode : undefined,
    sparesOthers: isPlacing || goal === 'evacuate' || isEmptying,
  };
};

/** Whether what is even counts at all. */
export const isBalanceWanted = ({ goal }: Wanted, { isInBalance }: SnapshotProblem, spares: boolean): boolean =>
  goal !== 'rules' && (spares || !isInBalance);

/**
 * The problem as the goal wants it weighed; where others are to be spared two of them: first nobody else may move, and only if
 * nothing else helps the others may, to make room.
 */
export const attemptsAt = (
  read: SnapshotProblem,
  wanted: Wanted,
  spares: boolean,
): [PlacementProblem, ...PlacementProblem[]] => {
  const { problem } = read;
  if (!isBalanceWanted(wanted, read, spares)) {
    const objective = { ...problem.policy.objective, balanceWeight: 0 };
    return [{ ...problem, policy: { ...problem.policy, objective } }];
  }
  if (!spares) return [problem];
  const isOther = ({ node }: PlacementGuest) => !isEmptied(problem.nodes[node]?.duty);
  const others = (changed: (guest: PlacementGuest) => PlacementGuest) =>
    problem.guests.map((guest) => (isOther(guest) ? changed(guest) : guest));
  return [
    { ...problem, guests: others((guest) => ({ ...guest, fixed: guest.fixed ?? 'pinned' })) },
    { ...problem, guests: others((guest) => ({ ...guest, moveCost: BYSTANDER * guest.moveCost })) },
  ];
};
