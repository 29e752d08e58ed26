import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import { byText } from '../numbers.ts';
import { unusableReason } from '../usable.ts';
import { countDisk, type NodeState, type Rules, refresh, remember, shift } from './node-state.ts';

/** The cluster as it would be after the moves so far. */
export type ClusterState = {
  readonly rules: Rules;
  readonly byName: ReadonlyMap<string, NodeState>;
  /** All nodes, by name */
  readonly nodes: readonly NodeState[];
  /** Nodes that may take guests, the best standing score first; ties by name */
  targets: NodeState[];
  /** Moves so far */
  version: number;
};

/** The state a snapshot describes. Its order of nodes and guests carries no meaning. */
export const stateOf = (snapshot: ClusterSnapshot, rules: Rules, maintenance: ReadonlySet<string>): ClusterState => {
  const nodes = Object.values(snapshot.nodes)
    .map((node) => nodeState(node, maintenance, rules))
    .sort(byName);
  const named = new Map(nodes.map((node) => [node.name, node]));
  for (const guest of inOrder(Object.values(snapshot.guests))) place(named.get(guest.node), guest);
  for (const node of nodes) {
    node.untold += node.base.guests.filter((vmid) => snapshot.guests[String(vmid)] === undefined).length;
    refresh(node, rules);
  }
  const state: ClusterState = {
    rules,
    byName: named,
    nodes,
    targets: nodes.filter((node) => !node.unusable),
    version: 0,
  };
  sortTargets(state);
  return state;
};

/** Carry a guest from one node to another. A guest still on its way keeps its tags at both ends. */
export const moveGuest = (
  state: ClusterState,
  guest: Guest,
  from: NodeState | undefined,
  to: NodeState | undefined,
  { arrived = true } = {},
): void => {
  if (from) {
    shift(from, guest, -1, state.rules);
    if (arrived) countTags(from, guest, -1);
  }
  if (to) {
    shift(to, guest, 1, state.rules);
    countTags(to, guest, 1);
  }
  state.version += 1;
  for (const end of [from, to]) if (end) end.changedAt = state.version;
  sortTargets(state);
};

/** What `attempt` finds out by making moves between these nodes, which are then taken back. */
export const tentatively = <T>(state: ClusterState, ends: readonly NodeState[], attempt: () => T): T => {
  const undo = ends.map(remember);
  const found = attempt();
  for (const step of undo) step();
  sortTargets(state);
  return found;
};

/** The same state apart: what is done to one leaves the other as it is. */
export const copyOf = (state: ClusterState): ClusterState => {
  const nodes = state.nodes.map((node) => ({
    ...node,
    guests: new Set(node.guests),
    tags: new Map(node.tags),
    claims: new Map(node.claims),
    disk: { ...node.disk },
    moved: { load: { ...node.moved.load }, committedGb: node.moved.committedGb },
  }));
  const named = new Map(nodes.map((node) => [node.name, node]));
  return { ...state, nodes, byName: named, targets: state.targets.flatMap(({ name }) => named.get(name) ?? []) };
};

/** Guests by id. */
export const inOrder = (guests: readonly Guest[]): Guest[] => [...guests].sort((a, b) => a.vmid - b.vmid);

const nodeState = (node: Node, maintenance: ReadonlySet<string>, { config, trends }: Rules): NodeState => ({
  name: node.name,
  base: node,
  unusable: unusableReason(node, maintenance),
  maintenance: maintenance.has(node.name),
  ioExempt: node.iowait_exempt && config.iowait_exempt_enabled,
  node,
  load: { cpu: 0, mem: 0, iowait: 0 },
  standing: { score: 0, slack: 0 },
  facts: { blended: { cpu: 0, mem: 0, iowait: 0 }, health: 0, storage: 0 },
  cost: { load: null, value: 0 },
  changedAt: 0,
  usedGb: (node.mem_percent / 100) * node.total_mem_gb,
  reservedGb: 0,
  claims: new Map(),
  trend: trends?.[node.name] ?? null,
  guests: new Set(node.guests),
  tags: new Map(),
  untold: 0,
  disk: { mibps: 0, guests: 0 },
  moved: { load: { cpu: 0, mem: 0, iowait: 0 }, committedGb: 0 },
});

const place = (node: NodeState | undefined, guest: Guest): void => {
  if (!node) return;
  node.guests.add(guest.vmid);
  countTags(node, guest, 1);
  if (guest.status === 'running') countDisk(node, guest, 1);
};

const countTags = (node: NodeState, guest: Guest, sign: 1 | -1): void => {
  if (guest.tags === null) node.untold += sign;
  for (const tag of guest.tags?.all_tags ?? []) {
    if (tag.startsWith('exclude_') || tag.startsWith('affinity_')) node.tags.set(tag, (node.tags.get(tag) ?? 0) + sign);
  }
};

/** Order of nodes by name. */
export const byName = (a: NodeState, b: NodeState): number => byText(a.name, b.name);

const sortTargets = (state: ClusterState): void => {
  state.targets.sort((a, b) => a.standing.score - b.standing.score || byName(a, b));
};
