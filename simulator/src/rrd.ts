import {
  cpuRatio,
  guestsEverOn,
  iowaitAt,
  loadAverage,
  memUsedBytes,
  nodeUsageAt,
  pressureOf,
} from './cluster-usage.ts';
import type { Guest } from './guest.ts';
import { loadAt, memAt, sampleGuest, trafficFactor } from './load-model.ts';
import { isNine, type PveVersion } from './pve-version.ts';
import { hostMemBytes, ROOT_DISK, type Row, usedDiskBytes } from './resources.ts';
import { usageOf } from './storage-usage.ts';
import type { Gap, Node, NodeStorage, World } from './world.ts';

export type Timeframe = 'hour' | 'day' | 'week' | 'month' | 'year' | 'decade';

interface Grid {
  stepS: number;
  rows: number;
}

const GRID_9: Record<Timeframe, Grid> = {
  hour: { stepS: 60, rows: 60 },
  day: { stepS: 60, rows: 1440 },
  week: { stepS: 1800, rows: 336 },
  month: { stepS: 1800, rows: 1440 },
  year: { stepS: 21_600, rows: 1440 },
  decade: { stepS: 604_800, rows: 570 },
};
const GRID_8: Record<Timeframe, Grid> = {
  hour: { stepS: 60, rows: 70 },
  day: { stepS: 1800, rows: 70 },
  week: { stepS: 10_800, rows: 70 },
  month: { stepS: 43_200, rows: 70 },
  year: { stepS: 604_800, rows: 70 },
  decade: { stepS: 604_800, rows: 70 },
};

/** History begins this long before the simulator did: more than a year. Before it, rows hold nothing but their time. */
const HISTORY_MS = 400 * 86_400_000;

/**
 * History is not stored: it is the load model asked about the past. A guest's own rows follow its loads; a node's rows
 * are the sum over the guests that its stretches put there at that time, so a migration shows on both nodes from its
 * minute on. What a guest of a deleted entry used is forgotten with it.
 */
export function nodeRrd(world: World, node: Node, timeframe: Timeframe, pve: PveVersion, peak: boolean): Row[] {
  const guests = guestsEverOn(world, node);
  return rows(world, timeframe, pve, (atMs) => {
    if (isGap(node.gaps, atMs) || (node.downSinceMs !== null && atMs >= node.downSinceMs)) return null;
    const usage = nodeUsageAt(node, guests, atMs);
    const mem = memUsedBytes(node, usage);
    const row: Row = {
      maxcpu: node.cores,
      cpu: Math.min(1, cpuRatio(node, usage) * (peak ? 1.08 : 1)),
      iowait: iowaitAt(node, atMs),
      loadavg: loadAverage(node, usage),
      memtotal: node.memBytes,
      memused: mem,
      swaptotal: 8_589_930_496,
      swapused: 0,
      roottotal: ROOT_DISK.totalBytes,
      rootused: ROOT_DISK.usedBytes,
      netin: usage.netInBps,
      netout: usage.netOutBps,
    };
    if (!isNine(pve)) return row;
    const pressure = pressureOf(node, usage);
    return Object.assign(row, {
      memavailable: node.memBytes - mem,
      arcsize: 0,
      pressurecpusome: pressure.cpu,
      pressureiosome: pressure.io,
      pressureiofull: pressure.io * 0.8,
      pressurememorysome: pressure.memory,
      pressurememoryfull: pressure.memory * 0.8,
    });
  });
}

/** A stopped guest leaves its sizes only; a guest on a node that was down leaves a gap. */
export function guestRrd(world: World, guest: Guest, timeframe: Timeframe, pve: PveVersion, peak: boolean): Row[] {
  return rows(world, timeframe, pve, (atMs) => {
    const sample = sampleGuest(guest, atMs);
    const node = world.nodes.get(sample.node);
    if (node && (isGap(node.gaps, atMs) || (node.downSinceMs !== null && atMs >= node.downSinceMs))) return null;
    const row: Row = {
      maxcpu: guest.cores * guest.sockets,
      maxmem: guest.memBytes,
      maxdisk: guest.disks[0]?.sizeBytes ?? 0,
    };
    // Recorded: a machine that is off still has its `disk`, a container's is unknown.
    if (!sample.running) return guest.type === 'qemu' ? { ...row, disk: 0 } : row;
    const load = loadAt(guest, atMs);
    const factor = trafficFactor(guest, load, atMs);
    Object.assign(row, {
      cpu: Math.min(1, sample.cpu * (peak ? 1.08 : 1)),
      mem: memAt(guest, load, atMs),
      disk: usedDiskBytes(guest, sample),
      netin: load.netInBps * factor,
      netout: load.netOutBps * factor,
      diskread: load.diskReadBps * factor,
      diskwrite: load.diskWriteBps * factor,
    });
    if (!isNine(pve)) return row;
    if (guest.type === 'qemu') row.memhost = hostMemBytes(guest, sample);
    return Object.assign(row, PRESSURE_ZERO);
  });
}

export function storageRrd(
  world: World,
  node: Node,
  storage: NodeStorage,
  timeframe: Timeframe,
  pve: PveVersion,
): Row[] {
  const { totalBytes, usedBytes } = usageOf(world, node, storage);
  return rows(world, timeframe, pve, (atMs) =>
    isGap(node.gaps, atMs) ? null : { total: totalBytes, used: usedBytes },
  );
}

export const PRESSURE_ZERO = {
  pressurecpusome: 0,
  pressurecpufull: 0,
  pressureiosome: 0,
  pressureiofull: 0,
  pressurememorysome: 0,
  pressurememoryfull: 0,
};

/**
 * One row a step, each the value at the middle of its step; a sample that is missing is a row with only `time`. The last
 * row is the last complete step: PVE 9 drops the incomplete one, PVE 8 has none in its recordings either.
 */
function rows(world: World, timeframe: Timeframe, pve: PveVersion, sample: (atMs: number) => Row | null): Row[] {
  const { stepS, rows: count } = (isNine(pve) ? GRID_9 : GRID_8)[timeframe];
  const lastS = Math.floor(world.clock.nowMs() / 1000 / stepS) * stepS;
  const firstS = lastS - (count - 1) * stepS;
  const found: Row[] = [];
  for (let timeS = firstS; timeS <= lastS; timeS += stepS) {
    const atMs = (timeS - stepS / 2) * 1000;
    const row = atMs < world.clock.originMs - HISTORY_MS ? null : sample(atMs);
    found.push({ time: timeS, ...row });
  }
  return found;
}

function isGap(gaps: Gap[], atMs: number): boolean {
  return gaps.some((gap) => atMs >= gap.fromMs && atMs < gap.toMs);
}
