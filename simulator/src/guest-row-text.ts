import type { ClusterUsage } from './cluster-usage.ts';
import { tagsOf } from './guest-config.ts';
import type { GuestSample } from './load-model.ts';
import { isNine, type PveVersion } from './pve-version.ts';
import { bareRow, fixedPart, hostMemBytes, lastSeen, usedDiskBytes } from './resources.ts';
import { type Guest, managedBy, type World } from './world.ts';

interface Written {
  node: string;
  lock: string | null;
  name: string;
  pool: string | null;
  tags: string | undefined;
  hastate: string | undefined;
  text: string;
}

/** The fixed part of each guest's row, without the closing brace, as long as nothing in it changes. */
const written = new WeakMap<Guest, Written>();

/** The rows of guestRows() as JSON, between commas: several times faster, which is what 10 000 guests a tick need. */
export function guestRowsText(world: World, pve: PveVersion, usage: ClusterUsage): string {
  const nine = isNine(pve);
  let text = '';
  for (const guest of world.guests.values()) {
    const sample = lastSeen(world, guest, usage);
    if (text !== '') text += ',';
    text += sample ? fixedText(world, guest) + liveText(guest, sample, nine) : JSON.stringify(bareRow(world, guest));
  }
  return text;
}

function fixedText(world: World, guest: Guest): string {
  const { node, lock, name, pool } = guest;
  const tags = tagsOf(guest);
  const hastate = world.ha.size === 0 ? undefined : managedBy(world, guest)?.crmState;
  const known = written.get(guest);
  const same = known && known.node === node && known.lock === lock && known.name === name && known.pool === pool;
  if (same && known.tags === tags && known.hastate === hastate) return known.text;
  const text = JSON.stringify(fixedPart(world, guest)).slice(0, -1);
  written.set(guest, { node, lock, name, pool, tags, hastate, text });
  return text;
}

function liveText(guest: Guest, sample: GuestSample, nine: boolean): string {
  const memhost = nine ? `,"memhost":${hostMemBytes(guest, sample)}` : '';
  return (
    `,"status":"${sample.running ? 'running' : 'stopped'}","uptime":${sample.uptimeS},"cpu":${sample.cpu}` +
    `,"mem":${sample.memBytes},"maxmem":${guest.memBytes},"disk":${usedDiskBytes(guest, sample)}` +
    `,"maxdisk":${guest.disks[0]?.sizeBytes ?? 0},"netin":${sample.netInBytes},"netout":${sample.netOutBytes}` +
    `,"diskread":${sample.diskReadBytes},"diskwrite":${sample.diskWriteBytes}${memhost}}`
  );
}
