import { randomUUID } from 'node:crypto';
import { type ClusterSnapshot, CollectionFailed, GuestMoved, SnapshotTaken } from '@proxbalance/contracts';
import { deriveTags, isProxmoxError, type Proxmox, ProxmoxError, type ProxmoxLink } from '@proxbalance/proxmox';
import type { Bus, Log } from '@proxbalance/service-kit';
import { type DueEvent, findChanges, tagsKey } from '../changes.ts';
import { type ConfigReader, describes } from '../config-reader.ts';
import type { Latest } from '../derive/node-history.ts';
import { deriveSnapshot, type Sample } from '../derive/snapshot.ts';
import { type FreshTags, type FreshTagsStore, newerThanRows, toldSince } from '../fresh-tags.ts';
import type { HistoryReader } from '../history-reader.ts';
import { type Memory, type MemoryStore, slowVersion } from '../memory.ts';
import type { NodeFactsReader } from '../node-facts-reader.ts';
import type { TierReader, Tiers } from '../read-tiers.ts';
import type { Move } from '../series/catalogue.ts';
import type { Recorder } from '../series/recorder.ts';
import type { Backfiller } from './backfill.ts';
import { forgetGone, updateRates } from './keep-up.ts';

export type CollectDeps = {
  link: ProxmoxLink;
  bus: Pick<Bus, 'publish'>;
  log: Log;
  now: () => Date;
  memory: MemoryStore;
  tiers: TierReader;
  configs: ConfigReader;
  histories: HistoryReader;
  nodeFacts: Omit<NodeFactsReader, 'settled'>;
  freshTags: FreshTagsStore;
  recorder: Pick<Recorder, 'record'>;
  backfiller: Pick<Backfiller, 'see'>;
  /** Requests sent to Proxmox so far. */
  requestCount: () => number;
  /** How long a snapshot waits for configurations and histories that are due. */
  waitMs: number;
};

/** Takes one snapshot and publishes it whole, or says why it could not. */
export const collect = (deps: CollectDeps) => async (): Promise<ClusterSnapshot | null> => {
  if (!deps.link.isConfigured()) return null;
  const memory = await deps.memory.load();
  try {
    return await takeSnapshot(deps, memory);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    const { reason, kind } = error;
    deps.log.warn({ err: error }, 'no snapshot: Proxmox could not be read');
    // Told once per reason, whichever replica meets it; as long as nothing changes, nothing new is to be told.
    if (reason === memory.failure) return null;
    await deps.bus.publish(CollectionFailed, { reason, kind, last_collected_at: memory.lastCollectedAt });
    memory.failure = reason;
    await deps.memory.save();
    return null;
  }
};

async function takeSnapshot(deps: CollectDeps, memory: Memory): Promise<ClusterSnapshot> {
  const { now, bus } = deps;
  const startedMs = now().getTime();
  const requestsBefore = deps.requestCount();
  const proxmox = deps.link.get();
  const connection = deps.link.fingerprint();
  inherit(deps, memory, proxmox, connection);
  const [{ value: resources, readAt }, tiers] = await Promise.all([
    readResources(proxmox, now),
    deps.tiers.read(proxmox),
  ]);
  const nodeNames = resources.nodes.filter((node) => node.status === 'online').map((node) => node.name);
  await Promise.all([
    deps.configs.refresh(proxmox, resources.guests, memory, deps.waitMs),
    deps.histories.refresh(proxmox, nodeNames, memory, deps.waitMs),
  ]);
  const nodeFacts = deps.nodeFacts.refresh(proxmox, nodeNames);
  updateRates(memory, resources.guests);
  forgetGone(memory, resources);
  memory.firstCollectedAt ??= readAt;

  const fresh = await deps.freshTags.read(startedMs);
  const freshTags = newerThanRows(fresh, startedMs);
  const sample = toSample(memory, { value: resources, readAt }, { ...tiers, nodeFacts, freshTags });
  const snapshot = deriveSnapshot(sample, {
    id: randomUUID(),
    firstCollectedAt: memory.firstCollectedAt,
    requests: deps.requestCount() - requestsBefore,
    seconds: (now().getTime() - startedMs) / 1000,
  });
  const { outline, events } = findChanges(memory.outline, snapshot, toldTags(fresh, memory.lastCollectedAt));
  await bus.publish(SnapshotTaken, snapshot, { id: snapshot.snapshot_id, subject: snapshot.cluster_name ?? 'cluster' });
  for (const [index, { contract, data, subject }] of events.entries()) {
    await bus.publish(contract, data, { id: `${snapshot.snapshot_id}.${index}`, subject });
  }
  // Only after the events are out: a tick that dies before this line tells them again rather than never.
  Object.assign(memory, { outline, failure: null, lastCollectedAt: snapshot.collected_at });
  const kept = { tiers: deps.tiers.kept(proxmox), nodeFacts: deps.nodeFacts.kept(proxmox) };
  await deps.memory.save({ version: slowVersion, connection, ...kept });
  deps.recorder.record(snapshot, latestOf(memory), movesOf(events, snapshot));
  deps.backfiller.see(proxmox, snapshot);
  return snapshot;
}

/** What another replica read of the same cluster need not be read again, and is not unknown here. */
function inherit({ tiers, nodeFacts }: CollectDeps, memory: Memory, proxmox: Proxmox, connection: string): void {
  const { inherited } = memory;
  memory.inherited = null;
  if (inherited?.connection !== connection) return;
  tiers.adopt(proxmox, inherited.tiers);
  nodeFacts.adopt(proxmox, inherited.nodeFacts);
}

const latestOf = ({ histories }: Memory): Map<string, Latest> =>
  new Map([...histories].flatMap(([node, { history }]) => (history.latest ? [[node, history.latest] as const] : [])));

const movesOf = (events: readonly DueEvent[], { collected_at }: ClusterSnapshot): Move[] =>
  events.flatMap(({ contract, data }) => {
    if (contract !== GuestMoved) return [];
    const { vmid, from, to } = GuestMoved.schema.parse(data);
    return [{ at: Math.floor(Date.parse(collected_at) / 1000), vmid, from, to }];
  });

type Parts = Tiers & Pick<Sample, 'nodeFacts' | 'freshTags'>;

/** A configuration that was read of a row which looks different now says nothing any more. */
function toSample(memory: Memory, resources: Sample['resources'], parts: Parts): Sample {
  const current = resources.value.guests.flatMap((row) => {
    const known = memory.configs.get(row.vmid);
    return known && describes(known, row) ? [[row.vmid, known] as const] : [];
  });
  const histories = [...memory.histories].map(([node, { history, readAt }]) => [node, { ...history, readAt }] as const);
  const oldest = Math.min(...[...memory.histories.values()].map((known) => known.readAt));
  return {
    resources,
    ...parts,
    configs: new Map(current),
    histories: new Map(histories),
    historyReadAt: Number.isFinite(oldest) ? new Date(oldest).toISOString() : null,
    rates: memory.rates,
  };
}

const toldTags = (fresh: ReadonlyMap<number, FreshTags>, since: string | null): Map<number, string> =>
  new Map([...toldSince(fresh, since)].map(([vmid, { tags }]) => [vmid, tagsKey(deriveTags(tags).all_tags)]));

/** A token without rights gets empty lists, not a refusal: that nothing may be seen is no empty cluster. */
async function readResources(proxmox: Proxmox, now: () => Date): Promise<Sample['resources']> {
  const resources = await proxmox.clusterResources();
  // As old as this: what is read beside them may take much longer.
  const readAt = now().toISOString();
  const isBlind = resources.guests.length === 0 && resources.nodes.every((node) => node.memUsedBytes === null);
  if (!isBlind) return { value: resources, readAt };
  throw new ProxmoxError({
    kind: 'permission',
    reason: 'Proxmox shows this token neither guests nor the load of any node: it needs VM.Audit and Sys.Audit',
    host: '',
    method: 'GET',
    path: '/cluster/resources',
  });
}
