import { cpuRatio, iowaitAt, loadAverage, memUsedBytes, usageAt } from '../../cluster-usage.ts';
import { splitList } from '../../lists.ts';
import { ROOT_DISK, usedDiskBytes } from '../../resources.ts';
import { diskBytes, usageOf } from '../../storage-usage.ts';
import { isUp, lastTickMs, type World } from '../../world.ts';
import { type Call, demand, type Route, route } from '../route.ts';

export const metricRoutes: Route[] = [
  route('GET', '/cluster/metrics/export', demand('/', 'Sys.Audit'), (call) => ({
    data: { data: exportMetrics(call) },
  })),
];

interface Metric {
  id: string;
  metric: string;
  timestamp: number;
  type: 'gauge' | 'derive';
  value: number;
}

/** Every number of the last tick in one flat list; with `history` the ticks of the last half hour as well. */
function exportMetrics({ world, answering, values }: Call): Metric[] {
  const lastMs = lastTickMs(world);
  const sinceS = Number(values['start-time'] ?? 0);
  const named = values['node-list'] === undefined ? null : splitList(String(values['node-list']));
  const nodes = [...world.nodes.values()]
    .filter((node) => isUp(node) && (named === null || named.includes(node.name)))
    .filter((node) => values['local-only'] !== 1 || node === answering);
  const names = new Set(nodes.map((node) => node.name));
  const found: Metric[] = [];
  const count = values.history === 1 ? HISTORY_TICKS : 1;
  for (let atMs = lastMs - (count - 1) * 10_000; atMs <= lastMs; atMs += 10_000) {
    const timestamp = Math.floor(atMs / 1000);
    if (timestamp > sinceS) found.push(...metricsAt(world, names, atMs, timestamp));
  }
  return found;
}

const HISTORY_TICKS = 180;

function* metricsAt(world: World, names: Set<string>, atMs: number, timestamp: number): Generator<Metric> {
  const usage = usageAt(world, atMs);
  const disks = diskBytes(world);
  for (const node of world.nodes.values()) {
    const used = usage.nodes.get(node.name);
    if (!names.has(node.name) || !used) continue;
    const id = `node/${node.name}`;
    const gauges = {
      cpu_avg1: loadAverage(node, used),
      cpu_current: cpuRatio(node, used),
      cpu_iowait: iowaitAt(node, atMs),
      cpu_max: node.cores,
      disk_total: ROOT_DISK.totalBytes,
      disk_used: ROOT_DISK.usedBytes,
      mem_total: node.memBytes,
      mem_used: memUsedBytes(node, used),
      uptime: Math.max(0, Math.floor((atMs - node.bootMs) / 1000)),
    };
    yield* rows(id, timestamp, 'gauge', gauges);
    for (const storage of node.storages.values()) {
      const { active, totalBytes, usedBytes } = usageOf(world, node, storage, disks);
      const sizes = { disk_total: totalBytes, disk_used: usedBytes };
      if (active) yield* rows(`storage/${node.name}/${storage.storage}`, timestamp, 'gauge', sizes);
    }
  }
  for (const guest of world.guests.values()) {
    const sample = usage.guests.get(guest.vmid);
    if (!sample?.running || !names.has(sample.node)) continue;
    const id = `${guest.type}/${guest.vmid}`;
    yield* rows(id, timestamp, 'gauge', {
      cpu_current: sample.cpu,
      cpu_max: guest.cores * guest.sockets,
      disk_total: guest.disks[0]?.sizeBytes ?? 0,
      disk_used: usedDiskBytes(guest, sample),
      mem_total: guest.memBytes,
      mem_used: sample.memBytes,
      uptime: sample.uptimeS,
    });
    yield* rows(id, timestamp, 'derive', {
      disk_read: sample.diskReadBytes,
      disk_write: sample.diskWriteBytes,
      net_in: sample.netInBytes,
      net_out: sample.netOutBytes,
    });
  }
}

function rows(id: string, timestamp: number, type: Metric['type'], values: Record<string, number>): Metric[] {
  return Object.entries(values).map(([metric, value]) => ({ id, metric, timestamp, type, value }));
}
