import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import type {
  ClusterOptions,
  ClusterResources,
  ClusterStatus,
  ConfigFacts,
  HaResource,
  Task,
  UncoveredGuest,
} from '@proxbalance/proxmox';

import type { NodeFacts } from '../node-facts-reader.ts';
import { deriveGuest } from './guest.ts';
import { type HaKnowledge, haHolds } from './ha-hold.ts';
import { deriveHaRules, type HaPlacement } from './ha-rules.ts';
import { deriveNode } from './node.ts';
import type { NodeHistory } from './node-history.ts';
import type { Rates } from './rates.ts';
import { onlineNodes, surroundingsOf } from './surroundings.ts';

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
  nodeFacts: NodeFacts;
  histories: ReadonlyMap<string, NodeHistory>;
  historyReadAt: string | null;
  configs: ReadonlyMap<number, { facts: ConfigFacts; readAt: string }>;
  rates: ReadonlyMap<number, Rates>;
  /** Tags that are newer than those of the resource rows. */
  freshTags: ReadonlyMap<number, ReadTags>;
};

/** Tags of a guest's own configuration, read at a time (ms). */
type ReadTags = { tags: readonly string[]; readAt: number };

export type SnapshotMeta = { id: string; firstCollectedAt: string; requests: number; seconds: number };

/** Pure: the same sample gives the same snapshot. */
export function deriveSnapshot(sample: Sample, meta: SnapshotMeta): ClusterSnapshot {
  const { resources, status, tasks, ha, options } = sample;
  const haRules = sample.haPlacement ? deriveHaRules(sample.haPlacement.value, ha?.value ?? null) : null;
  const crs = options ? deriveCrs(options.value) : null;
  const guests = deriveGuests(sample, deriveHa(ha, haRules, crs));
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
    read_at: {
      resources: resources.readAt,
      tasks: tasks?.readAt ?? null,
      quorum: status?.readAt ?? null,
      ha: ha?.readAt ?? null,
      node_history: sample.historyReadAt,
      options: options?.readAt ?? null,
      ha_rules: sample.haPlacement?.readAt ?? null,
      backup: sample.uncovered?.readAt ?? null,
      versions: sample.nodeFacts.readAt.versions,
      storage: sample.nodeFacts.readAt.storages,
      pressure: sample.nodeFacts.readAt.pressure,
    },
    unknown: [
      ...(status ? [] : ['quorum']),
      ...(ha ? [] : ['ha']),
      ...(tasks ? [] : ['tasks']),
      ...(options ? [] : ['options']),
      ...(haRules ? [] : ['ha_rules']),
      ...resources.value.malformed.map((row) => `row ${row.id}: ${row.problem}`),
    ],
    performance: {
      node_count: nodes.length,
      guest_count: guests.length,
      requests: meta.requests,
      total_time: meta.seconds,
    },
  };
}

const deriveHa = (
  ha: Sample['ha'],
  rules: ClusterSnapshot['ha_rules'],
  crs: ClusterSnapshot['pve_crs'],
): HaKnowledge => ({
  resources: ha && new Map(ha.value.flatMap((row) => (row.vmid === null ? [] : [[row.vmid, row] as const]))),
  areRulesRead: rules !== null,
  hold: haHolds(rules, crs?.dynamic_balancer_active === true),
});

function deriveGuests(sample: Sample, ha: HaKnowledge): Guest[] {
  const shared = new Map(sample.resources.value.storages.map((row) => [row.storage, row.shared]));
  const isShared = (storage: string) => shared.get(storage);
  const uncovered = sample.uncovered ? new Set(sample.uncovered.value.map(({ vmid }) => vmid)) : null;
  const around = surroundingsOf(sample);
  return sample.resources.value.guests.map((row) =>
    deriveGuest(row, {
      config: sample.configs.get(row.vmid) ?? null,
      rates: sample.rates.get(row.vmid) ?? null,
      ha,
      isShared,
      tags: newestTags(sample.freshTags.get(row.vmid), sample.configs.get(row.vmid)),
      hasBackup: uncovered ? !uncovered.has(row.vmid) : null,
      pressure: sample.nodeFacts.pressures.get(row.vmid) ?? null,
      around: around(row.node),
    }),
  );
}

/**
 * Tags that were read for an edit or a look are newer than the row, until a change of the row had the configuration read
 * anew: then somebody else has edited since. undefined: the row has them.
 */
function newestTags(
  fresh: ReadTags | undefined,
  config: { facts: ConfigFacts; readAt: string } | undefined,
): readonly string[] | undefined {
  if (!fresh) return undefined;
  const later = config && Date.parse(config.readAt) > fresh.readAt ? config.facts.tags : undefined;
  return later ?? fresh.tags;
}

function deriveNodes(sample: Sample, guests: readonly Guest[]): Node[] {
  const { nodes, storages } = sample.resources.value;
  const guestsOf = Map.groupBy(guests, (guest) => guest.node);
  const storagesOf = Map.groupBy(storages, (row) => row.node);
  const online = onlineNodes(sample);
  return nodes.map((row) =>
    deriveNode(row, {
      guests: guestsOf.get(row.name) ?? [],
      storages: storagesOf.get(row.name) ?? [],
      history: sample.histories.get(row.name) ?? null,
      isOnline: online.get(row.name),
      version: sample.nodeFacts.versions.get(row.name) ?? null,
      isUsable: (storage) => sample.nodeFacts.storages.get(row.name)?.get(storage),
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
    unknown_guests: count((guest) => guest.unknown.length > 0),
  };
}

const deriveCrs = ({ crs }: ClusterOptions) => ({
  ha: crs.ha,
  'ha-auto-rebalance': crs.haAutoRebalance,
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
