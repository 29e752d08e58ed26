import { randomUUID } from 'node:crypto';
import { type ClusterSnapshot, CollectionFailed, SnapshotTaken } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox, type ProxmoxLink } from '@proxbalance/proxmox';
import type { Bus, Log } from '@proxbalance/service-kit';
import { findChanges } from '../changes.ts';
import { type ConfigReader, rowKey } from '../config-reader.ts';
import { ratesBetween, readCounters } from '../derive/rates.ts';
import { deriveSnapshot, type Sample } from '../derive/snapshot.ts';
import type { HistoryReader } from '../history-reader.ts';
import type { Memory, MemoryStore } from '../memory.ts';
import type { Tiers } from '../read-tiers.ts';

export type CollectDeps = {
  link: ProxmoxLink;
  bus: Pick<Bus, 'publish'>;
  log: Log;
  now: () => Date;
  memory: MemoryStore;
  readTiers: (proxmox: Proxmox) => Promise<Tiers>;
  configs: ConfigReader;
  histories: HistoryReader;
  /** Requests sent to Proxmox so far. */
  requestCount: () => number;
  /** How long a snapshot waits for configurations that were never read. */
  configWaitMs: number;
};

/** Takes one snapshot and publishes it whole, or says why it could not. */
export function collect(deps: CollectDeps): () => Promise<ClusterSnapshot | null> {
  let lastFailure = '';
  let lastCollectedAt: string | null = null;
  return async () => {
    if (!deps.link.isConfigured()) return null;
    try {
      const snapshot = await takeSnapshot(deps);
      lastFailure = '';
      lastCollectedAt = snapshot.collected_at;
      return snapshot;
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      deps.log.warn({ err: error }, 'no snapshot: Proxmox could not be read');
      // Told once per reason; as long as nothing changes, nothing new is to be told.
      if (error.reason !== lastFailure) {
        await deps.bus.publish(CollectionFailed, {
          reason: error.reason,
          kind: error.kind,
          last_collected_at: lastCollectedAt,
        });
      }
      lastFailure = error.reason;
      return null;
    }
  };
}

async function takeSnapshot(deps: CollectDeps): Promise<ClusterSnapshot> {
  const { now, bus } = deps;
  const startedMs = now().getTime();
  const requestsBefore = deps.requestCount();
  const proxmox = deps.link.get();
  const memory = await deps.memory.load();
  const [resources, tiers] = await Promise.all([proxmox.clusterResources(), deps.readTiers(proxmox)]);
  const readAt = now().toISOString();
  const nodeNames = resources.nodes.filter((node) => node.status === 'online').map((node) => node.name);
  const [configs, histories] = await Promise.all([
    deps.configs.refresh(proxmox, resources.guests, memory.configs, deps.configWaitMs),
    deps.histories.refresh(proxmox, nodeNames, memory.histories),
  ]);
  updateRates(memory, resources.guests);
  const removed = forgetGone(memory, new Set(resources.guests.map((guest) => guest.vmid)));
  memory.firstCollectedAt ??= readAt;

  const sample = toSample(memory, { value: resources, readAt }, tiers);
  const snapshot = deriveSnapshot(sample, {
    id: randomUUID(),
    firstCollectedAt: memory.firstCollectedAt,
    requests: deps.requestCount() - requestsBefore,
    seconds: (now().getTime() - startedMs) / 1000,
  });
  const { outline, events } = findChanges(memory.outline, snapshot);
  await bus.publish(SnapshotTaken, snapshot, { id: snapshot.snapshot_id, subject: snapshot.cluster_name ?? 'cluster' });
  for (const [index, { contract, data, subject }] of events.entries()) {
    await bus.publish(contract, data, { id: `${snapshot.snapshot_id}.${index}`, subject });
  }
  // Only after the events are out: a tick that dies before this line tells them again rather than never.
  memory.outline = outline;
  await deps.memory.save({ configs, removed, histories });
  return snapshot;
}

/** Proxmox samples every ten seconds; between two samples the last rate stands. */
function updateRates(memory: Memory, guests: Sample['resources']['value']['guests']): void {
  for (const row of guests) {
    const counters = readCounters(row);
    const before = memory.counters.get(row.vmid);
    if (!counters) {
      memory.counters.delete(row.vmid);
      memory.rates.delete(row.vmid);
      continue;
    }
    if (before && before[0] === counters[0]) continue;
    const rates = ratesBetween(before, counters);
    if (rates) memory.rates.set(row.vmid, rates);
    else memory.rates.delete(row.vmid);
    memory.counters.set(row.vmid, counters);
  }
}

function forgetGone(memory: Memory, present: ReadonlySet<number>): number[] {
  const gone = [...memory.configs.keys()].filter((vmid) => !present.has(vmid));
  for (const vmid of gone) memory.configs.delete(vmid);
  for (const vmid of memory.counters.keys()) if (!present.has(vmid)) memory.counters.delete(vmid);
  for (const vmid of memory.rates.keys()) if (!present.has(vmid)) memory.rates.delete(vmid);
  return gone;
}

/** A configuration that was read of a row which looks different now says nothing any more. */
function toSample(memory: Memory, resources: Sample['resources'], tiers: Tiers): Sample {
  const current = resources.value.guests.flatMap((row) => {
    const known = memory.configs.get(row.vmid);
    return known && known.rowKey === rowKey(row) ? [[row.vmid, known] as const] : [];
  });
  const histories = [...memory.histories].map(([node, known]) => [node, known.history] as const);
  const oldest = Math.min(...[...memory.histories.values()].map((known) => known.dayReadAt));
  return {
    resources,
    ...tiers,
    configs: new Map(current),
    histories: new Map(histories),
    historyReadAt: Number.isFinite(oldest) ? new Date(oldest).toISOString() : null,
    rates: memory.rates,
  };
}
