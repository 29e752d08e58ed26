import { type ClusterUsage, cpuRatio, memUsedBytes, type NodeUsage, usageAt } from './cluster-usage.ts';
import type { Guest } from './guest.ts';
import { tagsOf } from './guest-config.ts';
import { type GuestSample, sampleGuest } from './load-model.ts';
import { isNine, type PveVersion } from './pve-version.ts';
import { isUp, lastTickMs, managedBy, type Node, type World } from './world.ts';

export type Row = Record<string, unknown>;

/** After this long without news from a node its rows are `unknown` and bare. */
const EXPIRY_MS = 300_000;
const ROOT_BYTES = 100_861_726_720;

export const ROOT_DISK = { totalBytes: ROOT_BYTES, usedBytes: 6_442_450_944 };

export function nodeRows(world: World): Row[] {
  const usage = usageAt(world, lastTickMs(world));
  return [...world.nodes.values()].map((node) => nodeRow(world, node, usage.nodes.get(node.name)));
}

/** One row of /cluster/resources?type=node, and of /nodes. Offline: no live numbers, after 5 min no sizes either. */
export function nodeRow(world: World, node: Node, usage: NodeUsage | undefined): Row {
  const row: Row = {
    id: `node/${node.name}`,
    node: node.name,
    type: 'node',
    status: isUp(node) ? 'online' : 'offline',
    level: '',
  };
  if (world.ha.size > 0) row.hastate = isUp(node) ? (node.maintenance ? 'maintenance' : 'online') : 'unknown';
  if (isExpired(world, node)) return row;
  Object.assign(row, { maxcpu: node.cores, maxmem: node.memBytes, maxdisk: ROOT_BYTES, 'cgroup-mode': 2 });
  if (!isUp(node) || !usage) return row;
  return Object.assign(row, {
    cpu: cpuRatio(node, usage),
    mem: memUsedBytes(node, usage),
    disk: ROOT_DISK.usedBytes,
    uptime: Math.max(0, Math.floor((lastTickMs(world) - node.bootMs) / 1000)),
  });
}

/** What /cluster/resources says of a guest: placement is what the config says now, numbers are those of the last tick. */
export function guestRows(world: World, pve: PveVersion, usage: ClusterUsage): Row[] {
  const rows: Row[] = [];
  for (const guest of world.guests.values()) {
    const sample = lastSeen(world, guest, usage);
    rows.push(sample ? { ...fixedPart(world, guest), ...statusAndNumbers(guest, sample, pve) } : bareRow(world, guest));
  }
  return rows;
}

/** The last numbers the cluster has of a guest; none when its node has been silent for too long. */
export function lastSeen(world: World, guest: Guest, usage: ClusterUsage): GuestSample | null {
  const node = world.nodes.get(guest.node);
  if (!node || isExpired(world, node)) return null;
  return (isUp(node) ? usage.guests.get(guest.vmid) : sampleGuest(guest, node.downSinceMs ?? 0)) ?? null;
}

export function bareRow(world: World, guest: Guest): Row {
  const row: Row = {
    id: `${guest.type}/${guest.vmid}`,
    vmid: guest.vmid,
    node: guest.node,
    type: guest.type,
    status: 'unknown',
  };
  return addMarks(world, guest, row);
}

/** What does not change from tick to tick. */
export function fixedPart(world: World, guest: Guest): Row {
  const row: Row = {
    id: `${guest.type}/${guest.vmid}`,
    vmid: guest.vmid,
    node: guest.node,
    type: guest.type,
    name: guest.name,
    template: guest.template ? 1 : 0,
    maxcpu: guest.cores * guest.sockets,
  };
  return addMarks(world, guest, row);
}

function statusAndNumbers(guest: Guest, sample: GuestSample, pve: PveVersion): Row {
  return { status: sample.running ? 'running' : 'stopped', ...liveNumbers(guest, sample, pve) };
}

/** The numbers shared by resources, lists and status/current. */
export function liveNumbers(guest: Guest, sample: GuestSample, pve: PveVersion): Row {
  const row: Row = {
    uptime: sample.uptimeS,
    cpu: sample.cpu,
    mem: sample.memBytes,
    maxmem: guest.memBytes,
    disk: usedDiskBytes(guest, sample),
    maxdisk: guest.disks[0]?.sizeBytes ?? 0,
    netin: sample.netInBytes,
    netout: sample.netOutBytes,
    diskread: sample.diskReadBytes,
    diskwrite: sample.diskWriteBytes,
  };
  if (isNine(pve)) row.memhost = hostMemBytes(guest, sample);
  return row;
}

/** What the QEMU process takes on its host: guest pages plus overhead. Containers have none of it. */
export function hostMemBytes(guest: Guest, sample: GuestSample): number {
  return guest.type === 'lxc' || !sample.running ? 0 : Math.round(sample.memBytes * 1.02 + 67_108_864);
}

/** Proxmox knows the used bytes of a container's root file system, of a VM's disk it says 0. */
export function usedDiskBytes(guest: Guest, sample: GuestSample): number {
  if (guest.type === 'qemu' || !sample.running) return 0;
  return Math.round((guest.disks[0]?.sizeBytes ?? 0) * 0.3);
}

function addMarks(world: World, guest: Guest, row: Row): Row {
  const tags = tagsOf(guest);
  if (tags) row.tags = tags;
  if (guest.lock) row.lock = guest.lock;
  if (guest.pool) row.pool = guest.pool;
  const service = managedBy(world, guest);
  if (service) row.hastate = service.crmState;
  return row;
}

/** After five minutes without a word from its node nothing of it counts any more. */
export function isExpired(world: World, node: Node): boolean {
  return node.downSinceMs !== null && world.clock.nowMs() - node.downSinceMs > EXPIRY_MS;
}
