import type {
  ClusterSnapshot,
  DistributionBalancing,
  Guest,
  GuestProfile,
  MigrationLimits,
  NodeTrend,
  PenaltyConfig,
  SafetyChecks,
  Thresholds,
} from '@proxbalance/contracts';
import type { FeedbackCount, OutcomeStatistics } from '../experience.ts';
import type { Placed } from '../filters/filter.ts';
import { byText } from '../numbers.ts';
import { tierTables } from '../penalties/apply.ts';
import { type ClusterState, inOrder, moveGuest, stateOf } from '../state/cluster-state.ts';
import { type Scale, scaleOf } from '../state/cost.ts';
import type { ScoreRow } from '../trends/series.ts';
import { defaultSafety } from './conflicts.ts';
import { seasonallyCalm } from './seasonal.ts';

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
  /** Groups with the same affinity_ tag stay together; true without it */
  respectAffinity?: boolean | undefined;
  /** Evening out the number of guests; off without it */
  distribution?: DistributionBalancing | undefined;
  /** How many moves may run at once; 4 in the cluster, 2 from and 1 to a node without it */
  limits?: MigrationLimits | undefined;
  /** How full moves may make a node before it is called a conflict; 85 % CPU and 90 % memory without it */
  safety?: SafetyChecks | undefined;
} & Memory;

/** What is known beyond the snapshot; all of it may be absent, and then nothing is assumed. */
export type Memory = {
  /** Trend of each node, by name */
  trends?: Readonly<Record<string, NodeTrend>> | undefined;
  /** Profiles of guests, by vmid: how much room predictions leave for them, and what is shown as evidence */
  profiles?: Readonly<Record<string, GuestProfile>> | undefined;
  /** Guests that were found on another node of late, once for each time: shown as evidence */
  moves?: readonly { vmid: number }[] | undefined;
  /** What the seasonal baseline is made of, when it is switched on */
  scoreHistory?: readonly ScoreRow[] | undefined;
  /** IANA name of the zone whose hours the seasonal baseline compares; UTC without it */
  timeZone?: string | undefined;
  /** How past moves turned out */
  outcomes?: OutcomeStatistics | undefined;
  /** What people said about earlier recommendations */
  feedback?: readonly FeedbackCount[] | undefined;
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
  /** Nodes whose CPU is what it always is at this hour, and the words for it */
  readonly seasonal: ReadonlyMap<string, string>;
  readonly memory: Memory;
  readonly respectAffinity: boolean;
  readonly safety: SafetyChecks;
};

/** Facts and starting state of a judgement; moves in flight are done already as far as load is concerned. */
export const problemOf = (input: RecommendInput): Problem => {
  const { snapshot, thresholds, config, maintenanceNodes, inFlight = [] } = input;
  const tables = tierTables({ config, limits: thresholds });
  const rules = { config, thresholds, trends: input.trends, tables };
  const state = stateOf(snapshot, rules, new Set(maintenanceNodes));
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
  for (const node of state.nodes) node.changedAt = 0;
  state.version = 0;
  return {
    snapshot,
    thresholds,
    config,
    migrating,
    state,
    scale: scaleOf(state),
    seasonal: seasonallyCalm(input),
    memory: input,
    respectAffinity: input.respectAffinity ?? true,
    safety: input.safety ?? defaultSafety,
  };
};

/** All guests by id, with their nodes; those on a node nobody knows come apart. */
export const placedGuests = ({ snapshot, state, memory }: Problem): { placed: Placed[]; lost: Guest[] } => {
  const placed: Placed[] = [];
  const lost: Guest[] = [];
  for (const guest of inOrder(Object.values(snapshot.guests))) {
    const source = state.byName.get(guest.node);
    if (source) placed.push({ guest, source, profile: memory.profiles?.[String(guest.vmid)] });
    else lost.push(guest);
  }
  return { placed, lost };
};

/** One guest with its node; undefined when either is not known. */
export const placedGuest = ({ snapshot, state, memory }: Problem, vmid: number): Placed | undefined => {
  const guest = snapshot.guests[String(vmid)];
  const source = guest && state.byName.get(guest.node);
  return source && { guest, source, profile: memory.profiles?.[String(vmid)] };
};

const migrationTasks = new Set(['qmigrate', 'vzmigrate', 'hamigrate']);

const runningMigrations = (snapshot: ClusterSnapshot): Map<string, string> =>
  new Map(
    snapshot.running_tasks
      .filter((task) => migrationTasks.has(task.type))
      .map((task) => [task.id, `A ${task.type} task is running on ${task.node}`]),
  );
