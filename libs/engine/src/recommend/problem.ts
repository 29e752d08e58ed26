import type { ClusterSnapshot, Guest, PenaltyConfig, Thresholds } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { byText } from '../numbers.ts';
import { type ClusterState, inOrder, moveGuest, stateOf } from '../state/cluster-state.ts';
import { type Scale, scaleOf } from '../state/cost.ts';

/** A move that is running or queued already. */
export type InFlightMove = { vmid: number; source_node: string; target_node: string };

export type RecommendInput = {
  snapshot: ClusterSnapshot;
  thresholds: Thresholds;
  config: PenaltyConfig;
  /** Nodes to empty; they receive nothing */
  maintenanceNodes: readonly string[];
  /** Their guests stay out of the judgement; their load counts on the target */
  inFlight?: readonly InFlightMove[] | undefined;
};

/** One judgement to make: the facts, and the cluster as the moves chosen so far would leave it. */
export type Problem = {
  readonly snapshot: ClusterSnapshot;
  readonly thresholds: Thresholds;
  readonly config: PenaltyConfig;
  /** What says that a guest is on its way, by vmid as text */
  readonly migrating: ReadonlyMap<string, string>;
  readonly state: ClusterState;
  readonly scale: Scale;
};

/** Facts and starting state of a judgement; moves in flight are done already as far as load is concerned. */
export const problemOf = (input: RecommendInput): Problem => {
  const { snapshot, thresholds, config, maintenanceNodes, inFlight = [] } = input;
  const state = stateOf(snapshot, { config, thresholds }, new Set(maintenanceNodes));
  const arriving = new Set<number>();
  const migrating = runningMigrations(snapshot);
  for (const move of inFlight.toSorted((a, b) => a.vmid - b.vmid || byText(a.target_node, b.target_node))) {
    const guest = snapshot.guests[String(move.vmid)];
    if (!guest || arriving.has(guest.vmid)) continue;
    arriving.add(guest.vmid);
    migrating.set(String(guest.vmid), `On its way to ${move.target_node}`);
    if (guest.node === move.target_node) continue;
    moveGuest(state, guest, state.byName.get(guest.node), state.byName.get(move.target_node), { arrived: false });
  }
  state.version = 0;
  return { snapshot, thresholds, config, migrating, state, scale: scaleOf(state) };
};

/** All guests by id, with their nodes; those on a node nobody knows come apart. */
export const placedGuests = ({ snapshot, state }: Problem): { placed: Placed[]; lost: Guest[] } => {
  const placed: Placed[] = [];
  const lost: Guest[] = [];
  for (const guest of inOrder(Object.values(snapshot.guests))) {
    const source = state.byName.get(guest.node);
    if (source) placed.push({ guest, source });
    else lost.push(guest);
  }
  return { placed, lost };
};

const migrationTasks = new Set(['qmigrate', 'vzmigrate', 'hamigrate']);

const runningMigrations = (snapshot: ClusterSnapshot): Map<string, string> =>
  new Map(
    snapshot.running_tasks
      .filter((task) => migrationTasks.has(task.type))
      .map((task) => [task.id, `A ${task.type} task is running on ${task.node}`]),
  );
