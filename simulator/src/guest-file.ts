import { FieldReader, InputError, isFields } from './fields.ts';
import type { ConfigValue, Disk, Guest, GuestType, Load, Snapshot } from './guest.ts';
import { buildConfig, isTag } from './guest-config.ts';
import type { HaService, HaState } from './ha/service.ts';
import { hashUnit } from './noise.ts';
import type { World } from './world.ts';

const GUEST_TYPES = ['qemu', 'lxc'] as const;
const GUEST_STATES = ['running', 'stopped'] as const;
const HA_STATES = ['started', 'stopped', 'enabled', 'disabled', 'ignored'] as const;
const GIB = 1_073_741_824;
const DAY_MS = 86_400_000;

export interface GuestContext {
  seed: number;
  warn: (message: string) => void;
}

export function guestFromFile(
  world: World,
  item: unknown,
  context: GuestContext,
): { guest: Guest; service: HaService | null } {
  const entry = new FieldReader(item, 'guest');
  const vmid = entry.integer('vmid', undefined, 100);
  const type = entry.oneOf('type', GUEST_TYPES, 'qemu');
  const node = entry.text('node');
  const template = entry.flag('template', false);
  const running = entry.oneOf('status', GUEST_STATES, template ? 'stopped' : 'running') === 'running';
  const name = entry.text('name', `${type === 'qemu' ? 'vm' : 'ct'}-${vmid}`);
  const cores = entry.integer('cores', 1, 1);
  const sockets = entry.integer('sockets', 1, 1);
  const memBytes = Math.round(entry.number('mem_bytes', undefined, 1));
  const disks = readDisks(entry, type);
  const seed = Math.floor(hashUnit(context.seed, vmid) * 2 ** 31);
  const uptimeMs = entry.has('uptime_s') ? entry.number('uptime_s') * 1000 : (1 + (seed % 40)) * DAY_MS * 0.7;
  const originMs = world.clock.nowMs();
  const config = buildConfig({
    vmid,
    type,
    name,
    cores,
    sockets,
    memBytes,
    disks,
    tags: readTags(entry),
    template,
    storageType: storageTypes(world, node),
  });
  for (const [key, value] of Object.entries(entry.fields('config'))) config.set(key, configValue(key, value));
  const guest: Guest = {
    vmid,
    type,
    name,
    node,
    cores,
    sockets,
    memBytes,
    disks,
    config,
    pending: new Map(),
    template,
    seed,
    lock: entry.has('lock') ? entry.text('lock') : null,
    pool: entry.has('pool') ? entry.text('pool') : null,
    snapshots: entry.list('snapshots').map((snapshot) => readSnapshot(snapshot, originMs)),
    stretches: [{ fromMs: originMs, node, running, startedMs: originMs - uptimeMs }],
    loads: [{ fromMs: originMs, vcpus: cores * sockets, load: readLoad(entry.fields('load'), memBytes) }],
  };
  const service = readHa(entry, guest);
  const unknown = entry.unknown();
  if (unknown.length > 0) context.warn(`guest ${vmid}: unknown field ${unknown.join(', ')}`);
  return { guest, service };
}

/** Missing fields keep `before`, or a nearly idle guest. */
export function readLoad(fields: Record<string, unknown>, memBytes: number, before?: Load): Load {
  const entry = new FieldReader(fields, 'load');
  const load: Load = {
    cpu: entry.number('cpu', before?.cpu ?? 0.05),
    memUsedBytes: Math.round(entry.number('mem_used_bytes', before?.memUsedBytes ?? memBytes * 0.5)),
    diskReadBps: entry.number('disk_read_bps', before?.diskReadBps ?? 0),
    diskWriteBps: entry.number('disk_write_bps', before?.diskWriteBps ?? 0),
    netInBps: entry.number('net_in_bps', before?.netInBps ?? 0),
    netOutBps: entry.number('net_out_bps', before?.netOutBps ?? 0),
    dailyAmplitude: entry.number('daily_amplitude', before?.dailyAmplitude ?? 0),
    noise: entry.number('noise', before?.noise ?? 0),
    dirtyBytesPerS: entry.number('dirty_bytes_per_s', before?.dirtyBytesPerS ?? 0),
  };
  entry.refuseUnknown();
  return load;
}

function readDisks(entry: FieldReader, type: GuestType): Disk[] {
  const disks = entry.list('disks').map((item, index) => {
    const disk = new FieldReader(item, `${entry.where}.disks[${index}]`);
    const key = disk.text('key', type === 'lxc' && index === 0 ? 'rootfs' : `scsi${index}`);
    return { key, storage: disk.text('storage'), sizeBytes: Math.round(disk.number('size_bytes', 8 * GIB)) };
  });
  return disks;
}

function readTags(entry: FieldReader): string[] {
  const tags = entry.texts('tags');
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined) throw new InputError(`${entry.where}.tags: '${wrong}' is not a tag`);
  return tags;
}

function configValue(key: string, value: unknown): ConfigValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new InputError(`guest.config.${key} must be a text or a number`);
}

function readSnapshot(item: unknown, nowMs: number): Snapshot {
  const entry = new FieldReader(typeof item === 'string' ? { name: item } : item, 'snapshot');
  const parent = entry.text('parent', '');
  return {
    name: entry.text('name'),
    description: entry.text('description', ''),
    snaptime: entry.integer('snaptime', Math.floor(nowMs / 1000) - 86_400),
    vmstate: entry.flag('vmstate', false),
    ...(parent === '' ? {} : { parent }),
  };
}

/** `"ha": true | "started" | {"state": …}`. */
function readHa(entry: FieldReader, guest: Guest): HaService | null {
  const value = entry.raw('ha');
  if (value === undefined || value === false) return null;
  const ha = new FieldReader(isFields(value) ? value : { state: value === true ? 'started' : value }, 'guest.ha');
  const state: HaState = ha.oneOf('state', HA_STATES, 'started');
  return {
    sid: `${guest.type === 'qemu' ? 'vm' : 'ct'}:${guest.vmid}`,
    vmid: guest.vmid,
    state,
    crmState: ha.text('crm_state', state === 'enabled' ? 'started' : state),
    target: null,
    command: null,
    maxRestart: ha.integer('max_restart', 1),
    maxRelocate: ha.integer('max_relocate', 1),
    failback: ha.flag('failback', true),
    group: ha.has('group') ? ha.text('group') : null,
    comment: ha.has('comment') ? ha.text('comment') : null,
  };
}

function storageTypes(world: World, node: string): (storage: string) => string {
  return (storage) => world.nodes.get(node)?.storages.get(storage)?.type ?? 'dir';
}
