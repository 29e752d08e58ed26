import type { Clock } from './clock.ts';
import { FieldReader, InputError } from './fields.ts';
import { hashUnit } from './noise.ts';
import { isPveVersion, type PveVersion } from './pve-version.ts';
import type { Node, NodeStorage, Pressure } from './world.ts';

export interface NodeContext {
  index: number;
  pve: PveVersion;
  seed: number;
  clock: Clock;
  warn: (message: string) => void;
}

export const NODE_STATES = ['online', 'offline', 'maintenance'] as const;

const NODE_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
/** Types that are shared whatever the definition says. */
const ALWAYS_SHARED = new Set(['nfs', 'cifs', 'cephfs', 'rbd', 'iscsi', 'pbs', 'glusterfs', 'zfs', 'esxi']);
/** 10 Gbit/s as a migration sees it. */
const NET_BYTES_PER_S = 1_180_000_000;

export function nodeFromFile(item: unknown, context: NodeContext): Node {
  const entry = new FieldReader(item, `nodes[${context.index}]`);
  const name = entry.text('name');
  if (!NODE_NAME.test(name)) throw new InputError(`nodes[${context.index}].name '${name}' is not a node name`);
  const status = entry.oneOf('status', NODE_STATES, 'online');
  const nowMs = context.clock.originMs;
  const seed = Math.floor(hashUnit(context.seed, 10_000 + context.index) * 2 ** 31);
  const storages = entry.list('storages').map((storage) => storageFromFile(storage, `${name}.storages`));
  const memBytes = entry.number('mem_bytes', undefined, 1);
  const node: Node = {
    name,
    nodeid: context.index + 1,
    ip: entry.text('ip', `10.0.${Math.floor(context.index / 240)}.${11 + (context.index % 240)}`),
    cores: entry.integer('cores', undefined, 1),
    memBytes,
    hostCpuCores: entry.number('host_cpu_cores', 0.2),
    hostMemBytes: entry.number('host_mem_bytes', Math.min(4_294_967_296, memBytes * 0.05)),
    iowait: entry.number('iowait', 0.005),
    pressure: pressureFromFile(entry),
    cpuModel: entry.text('cpu_model', 'x86-64-v3'),
    netBytesPerS: entry.number('net_bytes_per_s', NET_BYTES_PER_S, 1),
    pve: versionOf(entry, context.pve),
    storages: new Map(storages.map((storage) => [storage.storage, storage])),
    bootMs: nowMs - (20 + (seed % 200)) * 86_400_000,
    // A node that is down from the start has been down for long: nothing of it is fresh.
    downSinceMs: status === 'offline' ? nowMs - 3_600_000 : null,
    maintenance: status === 'maintenance',
    streams: new Set(),
    gaps: [],
    seed,
  };
  const unknown = entry.unknown();
  if (unknown.length > 0) context.warn(`${entry.where}: unknown field ${unknown.join(', ')}`);
  return node;
}

function storageFromFile(item: unknown, where: string): NodeStorage {
  const entry = new FieldReader(item, where);
  const type = entry.text('type', 'dir');
  return {
    storage: entry.text('storage'),
    type,
    shared: ALWAYS_SHARED.has(type) || entry.flag('shared', false),
    content: entry.has('content') ? entry.texts('content') : ['images', 'rootdir'],
    totalBytes: Math.round(entry.number('total_bytes', 0)),
    baseUsedBytes: Math.round(entry.number('used_bytes', 0)),
    enabled: entry.flag('enabled', true),
  };
}

function pressureFromFile(entry: FieldReader): Pressure | null {
  if (!entry.has('pressure')) return null;
  const pressure = new FieldReader(entry.raw('pressure'), `${entry.where}.pressure`);
  return { cpu: pressure.number('cpu', 0), io: pressure.number('io', 0), memory: pressure.number('memory', 0) };
}

function versionOf(entry: FieldReader, fallback: PveVersion): PveVersion {
  const text = entry.text('pve', fallback);
  if (!isPveVersion(text)) throw new InputError(`${entry.where}.pve must be 9.2, 9.1, 9.0 or 8.4, not '${text}'`);
  return text;
}
