import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import type {
  ClusterOptions,
  ClusterResources,
  ClusterStatus,
  ConfigFacts,
  HaResource,
  Sight,
  Task,
  UncoveredGuest,
} from '@proxbalance/proxmox';

import type { NodeFacts } from '../node-facts.ts';
import { deriveGuests } from './guests.ts';
import { haKnowledge } from './ha-knowledge.ts';
import { deriveHaRules, type HaPlacement } from './ha-rules.ts';
import { deriveNode } from './node.ts';
import type { NodeHistory } from './node-history.ts';
import type { Rates } from './rates.ts';
import { nodeStates, onlineNodes } from './surroundings.ts';

/** A part of the cluster that was read, with its age; null: not readable now and never was. */
export type Read<T> = { value: T; readAt: string } | null;

/** Everything one snapshot is made from. */
export type Sample = {
  resources: { value: ClusterResources; readAt: string };
  status: Read<ClusterStatus>;
  tasks: Read<Task[]>;
  ha: Read<HaResource[]>;
  options: Read<ClusterOptions>;
  haPlacement: Read<HaPlacement>;
  uncovered: Read<UncoveredGuest[]>;
  /** What the token is shown all of; null: not known, what it was shown stands for itself. */
  sight: Read<Sight>;
  nodeFacts: NodeFacts;
  histories: ReadonlyMap<string, NodeHistory & { readAt: number }>;
  historyReadAt: string | null;
  configs: ReadonlyMap<number, { facts: ConfigFacts; readAt: string }>;
  rates: ReadonlyMap<number, Rates>;
  /** Tags that are newer than those of the resource rows. */
  freshTags: ReadonlyMap<number, ReadTags>;
};

/** Tags of a guest's own configuration, read at a time (ms). */
export type ReadTags = { tags: readonly string[]; readAt: number };

export type SnapshotMeta = { id: string; firstCollectedAt: string; requests: number; seconds: number };

/** Pure: the same sample gives the same snapshot. */
export function deriveSnapshot(sample: Sample, meta: SnapshotMeta): ClusterSnapshot {
  const { resources, status, tasks, ha, options } = sample;
  const haRules = sample.haPlacement ? deriveHaRules(sample.haPlacement.value, ha?.value ?? null) : null;
  const crs = options ? deriveCrs(options.value) : null;
  const up = new Set([...nodeStates(sample)].flatMap(([node, state]) => (state === 'online' ? [node] : [])));
  const guests = deriveGuests(sample, haKnowledge(ha?.value ?? null, haRules, crs, up));
  const nodes = deriveNodes(sample, guests);
  return {
    snapshot_id: meta.id,
    collected_at: resources.readAt,
    first_collected_at: meta.firstCollectedAt,
    cluster_name: status?.value.name ?? null,
    nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
    guests: Object.fromEntries(guests.map((guest) => [String(guest.vmid), guest])),
    summary: summarize(nodes, guests),
    cluster_health: {
      quorate: status?.value.quorate ?? null,
      nodes: nodes.length,
      online_nodes: nodes.filter((node) => node.status === 'online').length,
    },
    pve_crs: crs,
    ha_rules: haRules,
    running_tasks: (tasks?.value ?? []).filter((task) => task.running).map(deriveTask),
    read_at: agesOf(sample),
    unknown: [...unreadParts(sample), ...(haRules ? [] : ['ha_rules'])],
    performance: {
      node_count: nodes.length,
      guest_count: guests.length,
      requests: meta.requests,
      total_time: meta.seconds,
    },
  };
}

const agesOf = ({ nodeFacts, ...sample }: Sample): ClusterSnapshot['read_at'] => ({
  resources: sample.resources.readAt,
  tasks: sample.tasks?.readAt ?? null,
  quorum: sample.status?.readAt ?? null,
  ha: sample.ha?.readAt ?? null,
  node_history: sample.historyReadAt,
  options: sample.options?.readAt ?? null,
  ha_rules: sample.haPlacement?.readAt ?? null,
  backup: sample.uncovered?.readAt ?? null,
  versions: nodeFacts.readAt.versions,
  storage: nodeFacts.readAt.storages,
  pressure: nodeFacts.readAt.pressure,
});

const unreadParts = ({ status, ha, tasks, options, resources, sight }: Sample): string[] => [
  ...(status ? [] : ['quorum']),
  ...(ha ? [] : ['ha']),
  ...(tasks ? [] : ['tasks']),
  ...(options ? [] : ['options']),
  ...(sight && !sight.value.guests ? ['guests'] : []),
  ...(sight && !sight.value.storages ? ['storages'] : []),
  ...resources.value.malformed.map((row) => `row ${row.id}: ${row.problem}`),
];

function deriveNodes(sample: Sample, guests: readonly Guest[]): Node[] {
  const { nodes, storages } = sample.resources.value;
  const guestsOf = Map.groupBy(guests, (guest) => guest.node);
  const storagesOf = Map.groupBy(storages, (row) => row.node);
  const online = onlineNodes(sample);
  const nowMs = Date.parse(sample.resources.readAt);
  return nodes.map((row) =>
    deriveNode(row, {
      guests: guestsOf.get(row.name) ?? [],
      storages: storagesOf.get(row.name) ?? [],
      history: sample.histories.get(row.name) ?? null,
      nowMs,
      isOnline: online.get(row.name),
      version: sample.nodeFacts.versions.get(row.name) ?? null,
      storageFacts: sample.nodeFacts.storages.get(row.name),
    }),
  );
}

function summarize(nodes: readonly Node[], guests: readonly Guest[]): ClusterSnapshot['summary'] {
  const count = (test: (guest: Guest) => boolean) => guests.filter(test).length;
  return {
    total_nodes: nodes.length,
    total_guests: guests.length,
    vms: count((guest) => guest.type === 'VM'),
    containers: count((guest) => guest.type === 'CT'),
    ignored_guests: count((guest) => guest.tags?.has_ignore === true),
    excluded_guests: count((guest) => (guest.tags?.exclude_groups.length ?? 0) > 0),
    ha_managed_guests: count((guest) => guest.ha_managed === true),
    backed_up_guests: guests.some((guest) => guest.has_backup === null)
      ? null
      : count((guest) => guest.has_backup === true),
    unknown_guests: count((guest) => guest.unknown.length > 0),
  };
}

const deriveCrs = ({ crs }: ClusterOptions) => ({
  ha: crs.ha,
  'ha-rebalance-on-start': crs.haRebalanceOnStart,
  'ha-auto-rebalance': crs.haAutoRebalance,
  'ha-auto-rebalance-threshold': crs.threshold,
  'ha-auto-rebalance-margin': crs.margin,
  'ha-auto-rebalance-hold-duration': crs.holdDuration,
  'ha-auto-rebalance-method': crs.method,
  dynamic_balancer_active: crs.ha === 'dynamic' && crs.haAutoRebalance,
});

const deriveTask = (task: Task) => ({
  upid: task.upid,
  node: task.node,
  type: task.type,
  id: task.id,
  user: task.user,
  started_at: task.startedAt.toISOString(),
});
