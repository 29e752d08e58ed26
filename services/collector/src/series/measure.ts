import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import type { Latest } from '../derive/node-history.ts';
import type { Values } from './fields.ts';
import type { Look } from './sampler.ts';

const mib = 2 ** 20;
/** Proxmox VE 8 has a row every half hour; what is older than that, and a reading of ours, says nothing of now. */
const freshSeconds = 45 * 60;
const orNaN = (value: number | null | undefined): number => value ?? NaN;
const inMib = (bytes: number | null | undefined): number => orNaN(bytes) / mib;

/** What a snapshot says of a node; null: nothing, it is not online. `latest`: what only its history tells. */
export function lookAtNode(node: Node, latest: Latest | undefined, atSeconds: number): Look | null {
  if (node.status !== 'online') return null;
  const isFresh = latest !== undefined && atSeconds - latest.at <= freshSeconds;
  return { place: node.guests.length, values: nodeValues(node, isFresh ? latest : undefined) };
}

/** The same of a guest; null: it does not run, or its load is not known. */
export function lookAtGuest(guest: Guest, numbers: ReadonlyMap<string, number>): Look | null {
  if (guest.status !== 'running' || guest.unknown.includes('stats')) return null;
  return { place: numbers.get(guest.node) ?? 0, values: guestValues(guest) };
}

export const secondsOf = ({ collected_at }: Pick<ClusterSnapshot, 'collected_at'>): number =>
  Math.floor(Date.parse(collected_at) / 1000);

/** In the order of `nodeFields`. */
const nodeValues = (node: Node, latest: Latest | undefined): Values => [
  node.cpu_percent,
  node.mem_percent,
  orNaN(latest?.iowait),
  orNaN(latest?.load),
  inMib(latest?.netIn),
  inMib(latest?.netOut),
  orNaN(latest?.pressure.cpu_some),
  orNaN(latest?.pressure.io_some),
  orNaN(latest?.pressure.memory_some),
];

/** In the order of `guestFields`. Nothing that runs takes no memory at all: 0 stands for what Proxmox did not tell. */
const guestValues = (guest: Guest): Values => [
  guest.cpu_current,
  guest.mem_max_gb > 0 && guest.mem_used_gb > 0 ? (100 * guest.mem_used_gb) / guest.mem_max_gb : NaN,
  inMib(guest.disk_read_bps),
  inMib(guest.disk_write_bps),
  inMib(guest.net_in_bps),
  inMib(guest.net_out_bps),
];
