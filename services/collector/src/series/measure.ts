import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import type { Latest } from '../derive/node-history.ts';
import type { Values } from './fields.ts';
import type { Look } from './sampler.ts';

const mib = 2 ** 20;
const orNaN = (value: number | null | undefined): number => value ?? NaN;
const inMib = (bytes: number | null | undefined): number => orNaN(bytes) / mib;

/** What a snapshot says of its nodes, for those that are online. `latest`: what only their history tells. */
export function lookAtNodes(snapshot: ClusterSnapshot, latest: ReadonlyMap<string, Latest>): Map<string, Look> {
  return new Map(
    Object.values(snapshot.nodes).flatMap((node) =>
      node.status === 'online'
        ? [[node.name, { place: node.guests.length, values: nodeValues(node, latest.get(node.name)) }] as const]
        : [],
    ),
  );
}

/** The same of guests that run, by vmid; a guest whose load is not known is not looked at. */
export function lookAtGuests(snapshot: ClusterSnapshot, numbers: ReadonlyMap<string, number>): Map<string, Look> {
  return new Map(
    Object.values(snapshot.guests).flatMap((guest) =>
      guest.status === 'running' && !guest.unknown.includes('stats')
        ? [[String(guest.vmid), { place: numbers.get(guest.node) ?? 0, values: guestValues(guest) }] as const]
        : [],
    ),
  );
}

/** In the order of `nodeFields`. */
function nodeValues(node: Node, latest: Latest | undefined): Values {
  return [
    node.cpu_percent,
    node.mem_percent,
    node.unknown.includes('history') ? NaN : node.metrics.current_iowait,
    orNaN(latest?.load),
    inMib(latest?.netIn),
    inMib(latest?.netOut),
    orNaN(latest?.pressure.cpu_some),
    orNaN(latest?.pressure.io_some),
    orNaN(latest?.pressure.memory_some),
  ];
}

/** In the order of `guestFields`. */
function guestValues(guest: Guest): Values {
  return [
    guest.cpu_current,
    guest.mem_max_gb > 0 ? (100 * guest.mem_used_gb) / guest.mem_max_gb : NaN,
    inMib(guest.disk_read_bps),
    inMib(guest.disk_write_bps),
    inMib(guest.net_in_bps),
    inMib(guest.net_out_bps),
  ];
}
