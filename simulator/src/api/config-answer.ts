import { ROOT } from '../access/identity.ts';
import { tagStyle } from '../datacenter-options.ts';
import { strike } from '../faults.ts';
import type { Guest } from '../guest.ts';
import { digestOf, normaliseTags } from '../guest-config.ts';
import { splitList } from '../lists.ts';
import { applySizes, SIZE_KEYS, setConfig, wishedConfig } from '../pending.ts';
import type { World } from '../world.ts';
import { die, wrongParameters } from './errors.ts';
import { type Call, must } from './route.ts';

/** Keys that steer the call and are never stored. */
const STEERING = new Set(['node', 'vmid', 'digest', 'delete', 'revert', 'force', 'skiplock']);
const ROOT_ONLY = new Set(['skiplock', 'lock', 'args', 'hookscript']);
const DISK_KEY = /^(scsi|virtio|sata|ide|efidisk|tpmstate|unused|mp|rootfs)\d*$/;
const HARDWARE_KEY = /^(hostpci|usb|serial|parallel|audio|machine|bios|vga|scsihw)\d*$/;

export function readConfig(guest: Guest, call: Call): Record<string, string | number> {
  const snapshot = call.values.snapshot;
  if (snapshot !== undefined && !guest.snapshots.some(({ name }) => name === snapshot)) {
    die(`snapshot '${snapshot}' does not exist`);
  }
  const config = call.values.current === 1 ? guest.config : wishedConfig(guest);
  const parent = snapshot === undefined ? guest.snapshots.at(-1)?.name : undefined;
  return {
    ...Object.fromEntries(config),
    ...(guest.lock ? { lock: guest.lock } : {}),
    ...(parent === undefined ? {} : { parent }),
    digest: digestOf(guest),
  };
}

/**
 * PUT .../config: privileges by key, then lock, then digest, then the change. Cores, memory and the like of a running VM
 * are pending until it is started anew (a migration is no start); GET shows them unless asked for `current`.
 */
export function writeConfig(guest: Guest, call: Call): void {
  const { values, world } = call;
  const deleted = values.delete === undefined ? [] : splitList(String(values.delete));
  for (const key of [...Object.keys(values), ...deleted]) checkRight(key, call);
  const skips = values.skiplock === 1 && call.who.id === ROOT;
  if (guest.lock !== null && !skips) die(`${guest.type === 'qemu' ? 'VM' : 'CT'} is locked (${guest.lock})`);
  if (strike(world, 'config-conflict', (fault) => fault.vmid === null || fault.vmid === guest.vmid)) {
    // Somebody else was quicker: the digest the client holds is of yesterday.
    guest.config.set('description', `edited by somebody else at ${world.clock.nowMs()}`);
  }
  if (values.digest !== undefined && String(values.digest).toLowerCase() !== digestOf(guest)) {
    die('detected modified configuration - file changed by other user? Try again.');
  }
  const given = Object.entries(values).filter(([key]) => !STEERING.has(key));
  const changes: [string, string | number | null][] = [...deleted.map((key): [string, null] => [key, null]), ...given];
  for (const [key, value] of changes) {
    if (key === 'lock') guest.lock = value === null ? null : String(value);
    else setConfig(guest, key, key === 'tags' && value !== null ? normalTags(world, String(value)) : value);
  }
  if (changes.some(([key]) => SIZE_KEYS.has(key))) applySizes(world, guest);
  world.revision += 1;
}

function checkRight(key: string, call: Call): void {
  if (key === 'node' || key === 'vmid' || key === 'digest' || key === 'delete' || key === 'revert') return;
  if (call.who.id === ROOT) return;
  if (ROOT_ONLY.has(key)) wrongParameters({ [key]: 'Only root may use this option.' });
  must(call, `/vms/${call.values.vmid}`, rightFor(key));
}

function rightFor(key: string): string {
  if (DISK_KEY.test(key)) return 'VM.Config.Disk';
  if (HARDWARE_KEY.test(key)) return 'VM.Config.HWType';
  if (/^(memory|balloon|shares|swap)$/.test(key)) return 'VM.Config.Memory';
  if (/^(cores|sockets|cpu|cpulimit|cpuunits|vcpus|numa\d*|affinity)$/.test(key)) return 'VM.Config.CPU';
  if (/^(net|ipconfig)\d+$/.test(key) || key === 'nameserver' || key === 'searchdomain') return 'VM.Config.Network';
  return 'VM.Config.Options';
}

function normalTags(world: World, text: string): string | null {
  const tags = normaliseTags(splitList(text), tagStyle(world));
  return tags.length === 0 ? null : tags.join(';');
}
