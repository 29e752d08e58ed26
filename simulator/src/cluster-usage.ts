import type { Guest, LoadChange } from './guest.ts';
import { cpuAt, type GuestSample, loadChangeAt, memAt, sampleGuest, stretchAt } from './load-model.ts';
import { wander } from './noise.ts';
import type { Node, Pressure, World } from './world.ts';

/** What a node uses at one instant: the host itself plus the guests that ran there then. */
export interface NodeUsage {
  /** Cores in use, before the ceiling of what the node has. */
  cpuCores: number;
  memBytes: number;
  netInBps: number;
  netOutBps: number;
}

export interface ClusterUsage {
  guests: Map<number, GuestSample>;
  nodes: Map<string, NodeUsage>;
}

/** One pass over all guests: about 1 us each, so 10 000 guests fit well into a tick. */
export function usageAt(world: World, atMs: number): ClusterUsage {
  const nodes = new Map<string, NodeUsage>();
  for (const node of world.nodes.values()) nodes.set(node.name, hostUsage(node, atMs));
  const guests = new Map<number, GuestSample>();
  for (const guest of world.guests.values()) {
    const sample = sampleGuest(guest, atMs);
    guests.set(guest.vmid, sample);
    const usage = nodes.get(sample.node);
    if (sample.running && usage) add(usage, loadChangeAt(guest, atMs), sample.cpu, sample.memBytes);
  }
  return { guests, nodes };
}

/** The same for one node; `guests` narrows the pass when the caller knows who can have been there. */
export function nodeUsageAt(node: Node, guests: Iterable<Guest>, atMs: number): NodeUsage {
  const usage = hostUsage(node, atMs);
  for (const guest of guests) {
    const stretch = stretchAt(guest, atMs);
    if (!stretch.running || stretch.node !== node.name) continue;
    const change = loadChangeAt(guest, atMs);
    add(usage, change, cpuAt(guest, change.load, atMs), memAt(guest, change.load, atMs));
  }
  return usage;
}

/** Guests that are or were on the node: the only ones its history can depend on. */
export function guestsEverOn(world: World, node: Node): Guest[] {
  const found: Guest[] = [];
  for (const guest of world.guests.values()) {
    if (guest.stretches.some((stretch) => stretch.node === node.name)) found.push(guest);
  }
  return found;
}

export function cpuRatio(node: Node, usage: NodeUsage): number {
  return Math.min(1, usage.cpuCores / node.cores);
}

export function memUsedBytes(node: Node, usage: NodeUsage): number {
  return Math.round(Math.min(node.memBytes, usage.memBytes));
}

/** PSI percentages: what the cluster file says, else waiting that grows once the node is more than 80 % busy. */
export function pressureOf(node: Node, usage: NodeUsage): Pressure {
  if (node.pressure) return node.pressure;
  const busy = usage.cpuCores / node.cores;
  const full = usage.memBytes / node.memBytes;
  return {
    cpu: round2(Math.min(90, Math.max(0, busy - 0.8) * 120)),
    io: round2(node.iowait * 60),
    memory: round2(Math.min(60, Math.max(0, full - 0.9) * 150)),
  };
}

export function iowaitAt(node: Node, atMs: number): number {
  if (node.iowait === 0) return 0;
  return Math.max(0, node.iowait * (1 + 0.3 * wander(node.seed + 3, atMs, 300_000)));
}

export function loadAverage(node: Node, usage: NodeUsage): number {
  return round2(usage.cpuCores * 1.05 + node.iowait * node.cores);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

function hostUsage(node: Node, atMs: number): NodeUsage {
  const tremor = 1 + 0.05 * wander(node.seed, atMs, 300_000);
  return { cpuCores: node.hostCpuCores * tremor, memBytes: node.hostMemBytes, netInBps: 2_000, netOutBps: 2_000 };
}

function add(usage: NodeUsage, { load, vcpus }: LoadChange, cpu: number, memBytes: number): void {
  usage.cpuCores += cpu * vcpus;
  usage.memBytes += memBytes;
  usage.netInBps += load.netInBps;
  usage.netOutBps += load.netOutBps;
}
