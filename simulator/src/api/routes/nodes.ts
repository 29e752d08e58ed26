import {
  cpuRatio,
  guestsEverOn,
  iowaitAt,
  loadAverage,
  memUsedBytes,
  type NodeUsage,
  nodeUsageAt,
} from '../../cluster-usage.ts';
import { shutNodeDown } from '../../node-shutdown.ts';
import { isNine, RELEASES, rank } from '../../pve-version.ts';
import { nodeRows, ROOT_DISK } from '../../resources.ts';
import { nodeRrd, type Timeframe } from '../../rrd.ts';
import type { Node } from '../../world.ts';
import { die } from '../errors.ts';
import { type Call, demand, holds, onNode, type Route, route } from '../route.ts';

export const nodeRoutes: Route[] = [
  route('GET', '/nodes', null, (call) => ({ data: nodes(call) })),
  onNode(
    route('GET', '/nodes/{node}/status', demand('/nodes/{node}', 'Sys.Audit'), (call) => ({ data: status(call) })),
  ),
  onNode(
    route('POST', '/nodes/{node}/status', demand('/nodes/{node}', 'Sys.PowerMgmt'), (call) => {
      shutNodeDown(call.world, call.node, call.values.command === 'reboot' ? 'reboot' : 'shutdown');
      return { data: null };
    }),
  ),
  // Not proxied: every node has a copy, also of those that are down.
  route('GET', '/nodes/{node}/rrddata', demand('/nodes/{node}', 'Sys.Audit'), (call) => {
    const { world, values, pve } = call;
    const node = world.nodes.get(String(values.node));
    if (!node) return die(`no such cluster node '${values.node}'`);
    const peak = values.cf === 'MAX' && values.timeframe !== 'hour';
    return { data: nodeRrd(world, node, values.timeframe as Timeframe, pve, peak) };
  }),
];

function nodes(call: Call) {
  return nodeRows(call.world).map((row) => {
    const { hastate: _hastate, 'cgroup-mode': _mode, ...shown } = row;
    const named = { ...shown, ssl_fingerprint: call.fingerprints[String(row.node)] ?? '' };
    if (holds(call, `/nodes/${row.node}`, 'Sys.Audit')) return named;
    const {
      id,
      node,
      type,
      status: state,
      level,
      ssl_fingerprint,
    } = { level: '', id: '', node: '', type: '', status: '', ...named };
    return { id, node, type, status: state, level, ssl_fingerprint };
  });
}

/** Live, not from the last tick. Pressure is not here: it is in rrddata. */
function status({ world, node, pve }: Call) {
  const nowMs = world.clock.nowMs();
  const usage = nodeUsageAt(node, guestsEverOn(world, node), nowMs);
  const { kernel, version, repoid } = RELEASES[pve];
  const wait = iowaitAt(node, nowMs);
  return {
    uptime: Math.floor((nowMs - node.bootMs) / 1000),
    idle: 0,
    cpu: cpuRatio(node, usage),
    wait,
    loadavg: [1, 0.97, 0.94].map((factor) => (loadAverage(node, usage) * factor).toFixed(2)),
    cpuinfo: cpuInfo(node, rank(pve) >= 902),
    memory: memory(node, usage, isNine(pve)),
    swap: { total: 8_589_930_496, used: 0, free: 8_589_930_496 },
    rootfs: {
      total: ROOT_DISK.totalBytes,
      used: ROOT_DISK.usedBytes,
      free: ROOT_DISK.totalBytes - ROOT_DISK.usedBytes,
      avail: Math.round((ROOT_DISK.totalBytes - ROOT_DISK.usedBytes) * 0.95),
    },
    ksm: { shared: 0 },
    kversion: `Linux ${kernel} #1 SMP PREEMPT_DYNAMIC PMX ${kernel}`,
    'current-kernel': { sysname: 'Linux', release: kernel, version: '#1 SMP PREEMPT_DYNAMIC', machine: 'x86_64' },
    'boot-info': { mode: 'efi', secureboot: 0 },
    pveversion: `pve-manager/${version}/${repoid}`,
  };
}

function cpuInfo(node: Node, newest: boolean) {
  const sockets = node.cores >= 32 ? 2 : 1;
  return {
    cpus: node.cores,
    cores: Math.max(1, Math.floor(node.cores / 2)),
    sockets,
    model: node.cpuModel,
    mhz: '2900.000',
    flags:
      'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx',
    hvm: '1',
    user_hz: 100,
    ...(newest ? { vendor: 'GenuineIntel', family: '6' } : {}),
  };
}

function memory(node: Node, usage: NodeUsage, available: boolean) {
  const used = memUsedBytes(node, usage);
  const free = node.memBytes - used;
  return { total: node.memBytes, used, free: Math.round(free * 0.9), ...(available ? { available: free } : {}) };
}
