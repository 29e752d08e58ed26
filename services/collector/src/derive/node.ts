import type { Guest, Node } from '@proxbalance/contracts';
import type { ResourceNode, ResourceStorage } from '@proxbalance/proxmox';
import type { StorageFact } from '../node-facts.ts';
import { type Latest, memPercentOf, type NodeHistory, noHistory } from './node-history.ts';

const gib = 2 ** 30;

export type NodeKnowledge = {
  guests: readonly Guest[];
  storages: readonly ResourceStorage[];
  /** null: never read. `readAt`: ms since the epoch. */
  history: (NodeHistory & { readAt: number }) | null;
  /** When the row was read, ms since the epoch. */
  nowMs: number;
  /** What `/cluster/status` says; it is faster than the resource row. undefined: not told. */
  isOnline: boolean | undefined;
  /** Of Proxmox VE; null: never read. */
  version?: string | null;
  /** What the node itself says, which the resource row does not: it says `available` of a mount that is gone, too. null: it could not be asked. */
  storageFacts?: ReadonlyMap<string, StorageFact> | null | undefined;
};

export function deriveNode(row: ResourceNode, known: NodeKnowledge): Node {
  const history = known.history ?? noHistory;
  const latest = latestOf(known);
  const currentCpu = 100 * Math.max(0, row.cpuRatio ?? 0);
  const currentMem = memPercentOf(row, arcOf(row, known)) ?? 0;
  const running = known.guests.filter((guest) => guest.status === 'running');
  // A paused machine has its memory all the same.
  const holding = known.guests.filter(({ status }) => status !== 'stopped' && status !== 'unknown');
  const committed = holding.reduce((sum, guest) => sum + guest.mem_max_gb, 0);
  const totalMem = (row.memTotalBytes ?? 0) / gib;
  const exempt = running.filter((guest) => guest.io_exempt);
  return {
    name: row.name,
    status: nodeStatus(row, known.isOnline),
    cpu_cores: row.threads ?? 0,
    total_mem_gb: totalMem,
    uptime: Math.max(0, Math.floor(row.uptimeSeconds ?? 0)),
    cpu_percent: currentCpu,
    mem_percent: currentMem,
    pve_version: known.version ?? null,
    pressure: pressureOf(latest?.pressure),
    net_in_bps: latest?.netIn ?? null,
    net_out_bps: latest?.netOut ?? null,
    mem_available_gb: inGib(latest?.memAvailableBytes),
    arc_gb: inGib(arcOf(row, known)),
    metrics: { current_cpu: currentCpu, current_mem: currentMem, ...metricsOf(history) },
    trend_data: history.points,
    storage: known.storages.map((storage) => deriveStorage(storage, known.storageFacts?.get(storage.storage))),
    guests: known.guests.map((guest) => guest.vmid),
    committed_mem_gb: round2(committed),
    mem_overcommit_ratio: totalMem > 0 ? round2(committed / totalMem) : 0,
    iowait_exempt: exempt.length > 0,
    iowait_exempt_guests: exempt.map((guest) => ({
      vmid: guest.vmid,
      name: guest.name,
      reason: guest.io_exempt_reason ?? 'tag',
    })),
    ha_state: row.haState,
    unknown: [
      ...(latest ? [] : ['history']),
      ...(known.storages.length > 0 && known.storageFacts !== null ? [] : ['storage']),
    ],
  };
}

type KnownHistory = NodeHistory & { readAt?: number };

/** Without what is not a metric. */
const metricsOf = ({ points: _p, latest: _l, isRecent: _i, readAt: _r, ...metrics }: KnownHistory) => metrics;

/** The history is read every five minutes. One that could not be for this long says nothing about now. */
const latestMaxAgeMs = 15 * 60_000;

const latestOf = ({ history, nowMs }: NodeKnowledge): Partial<Latest> | null =>
  history && history.isRecent !== false && nowMs - history.readAt <= latestMaxAgeMs ? (history.latest ?? {}) : null;

/** The cache of before a boot is gone: taken off what is in use now, it would make the node look empty. */
function arcOf(row: ResourceNode, known: NodeKnowledge): number | null {
  const { history, nowMs } = known;
  const sampledSecondsAgo = history ? (nowMs - history.readAt) / 1000 + stepSeconds : 0;
  const isSinceBoot = row.uptimeSeconds !== null && row.uptimeSeconds > sampledSecondsAgo;
  return isSinceBoot ? (latestOf(known)?.arcBytes ?? null) : null;
}

/** Proxmox VE 9, which alone tells the cache, has a row a minute; the newest may be two old. */
const stepSeconds = 120;

/** null rather than five times null: Proxmox VE 8 tells none of it. */
const pressureOf = (pressure: Latest['pressure'] | undefined): Node['pressure'] =>
  pressure && Object.values(pressure).some((value) => value !== null) ? pressure : null;

const inGib = (bytes: number | null | undefined): number | null =>
  bytes === null || bytes === undefined ? null : bytes / gib;

/** A node without fresh numbers is not online for us, whatever the row says. */
export function nodeStatus(row: ResourceNode, isOnline: boolean | undefined): Node['status'] {
  if (isOnline === false || row.status === 'offline') return 'offline';
  const hasNumbers = row.cpuRatio !== null && row.memUsedBytes !== null && !!row.memTotalBytes && !!row.threads;
  return row.status === 'online' && hasNumbers ? 'online' : 'unknown';
}

/** `isUsable`: what the node itself says; undefined: it was not asked. */
export const isStorageActive = (row: ResourceStorage, isUsable: boolean | undefined): boolean =>
  row.status === 'available' && isUsable !== false;

function deriveStorage(row: ResourceStorage, fact: StorageFact | undefined): Node['storage'][number] {
  const total = (row.totalBytes ?? 0) / gib;
  const used = (row.usedBytes ?? 0) / gib;
  return {
    storage: row.storage,
    type: row.type ?? 'unknown',
    content: row.content.join(','),
    active: isStorageActive(row, fact?.active),
    shared: row.shared,
    total_gb: total,
    used_gb: used,
    // Some file systems keep a part for root: what is not used is not all to be had.
    avail_gb: Math.max(0, Math.min(total - used, fact?.active ? fact.availableBytes / gib : Number.POSITIVE_INFINITY)),
    usage_pct: total > 0 ? round2((100 * used) / total) : 0,
  };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
