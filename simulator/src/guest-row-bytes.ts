import type { ByteWriter } from './byte-writer.ts';
import type { ClusterUsage } from './cluster-usage.ts';
import type { Guest } from './guest.ts';
import { tagsOf } from './guest-config.ts';
import type { GuestSample } from './load-model.ts';
import { isNine, type PveVersion } from './pve-version.ts';
import { bareRow, fixedPart, hostMemBytes, lastSeen, usedDiskBytes } from './resources.ts';
import { managedBy, type World } from './world.ts';

interface Written {
  node: string;
  lock: string | null;
  name: string;
  pool: string | null;
  vcpus: number;
  tags: string | undefined;
  hastate: string | undefined;
  bytes: Buffer;
}

/** The fixed part of each guest's row, without the closing brace, as long as nothing in it changes. */
const written = new WeakMap<Guest, Written>();

/** The rows of guestRows() as JSON, between commas: several times faster, which is what 10 000 guests a tick need. */
export function writeGuestRows(world: World, pve: PveVersion, usage: ClusterUsage, writer: ByteWriter): void {
  const nine = isNine(pve);
  let first = true;
  for (const guest of world.guests.values()) {
    if (!first) writer.comma();
    first = false;
    const sample = lastSeen(world, guest, usage);
    if (sample) {
      writer.raw(fixedBytes(world, guest));
      writeLive(writer, guest, sample, nine);
    } else writer.raw(Buffer.from(JSON.stringify(bareRow(world, guest))));
  }
}

function fixedBytes(world: World, guest: Guest): Buffer {
  const { node, lock, name, pool } = guest;
  const vcpus = guest.cores * guest.sockets;
  const tags = tagsOf(guest);
  const hastate = world.ha.size === 0 ? undefined : managedBy(world, guest)?.crmState;
  const known = written.get(guest);
  const same = known && known.node === node && known.lock === lock && known.name === name && known.pool === pool;
  if (same && known.vcpus === vcpus && known.tags === tags && known.hastate === hastate) return known.bytes;
  const bytes = Buffer.from(JSON.stringify(fixedPart(world, guest)).slice(0, -1));
  written.set(guest, { node, lock, name, pool, vcpus, tags, hastate, bytes });
  return bytes;
}

const RUNNING = Buffer.from(',"status":"running"');
const STOPPED = Buffer.from(',"status":"stopped"');
const END = Buffer.from('}');
const key = (name: string) => Buffer.from(`,"${name}":`);
const CPU = key('cpu');
const MEMHOST = key('memhost');
const NAMES = ['uptime', 'mem', 'maxmem', 'disk', 'maxdisk', 'netin', 'netout', 'diskread', 'diskwrite'] as const;
const KEYS = NAMES.map(key);

function writeLive(writer: ByteWriter, guest: Guest, sample: GuestSample, nine: boolean): void {
  writer.raw(sample.running ? RUNNING : STOPPED);
  writer.raw(CPU);
  writer.fraction(sample.cpu);
  const values = [
    sample.uptimeS,
    sample.memBytes,
    guest.memBytes,
    usedDiskBytes(guest, sample),
    guest.disks[0]?.sizeBytes ?? 0,
    sample.netInBytes,
    sample.netOutBytes,
    sample.diskReadBytes,
    sample.diskWriteBytes,
  ];
  for (let index = 0; index < values.length; index += 1) {
    writer.raw(KEYS[index] ?? END);
    writer.integer(values[index] ?? 0);
  }
  if (nine) {
    writer.raw(MEMHOST);
    writer.integer(hostMemBytes(guest, sample));
  }
  writer.raw(END);
}
