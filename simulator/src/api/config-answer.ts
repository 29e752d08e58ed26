import { strike } from '../faults.ts';
import { digestOf, isTag, normaliseTags, splitTags } from '../guest-config.ts';
import type { Guest } from '../world.ts';
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
  return { ...Object.fromEntries(guest.config), ...(guest.lock ? { lock: guest.lock } : {}), digest: digestOf(guest) };
}

/** PUT .../config: privileges by key, then lock, then digest, then the change. */
export function writeConfig(guest: Guest, call: Call): void {
  const { values, world } = call;
  const deleted = values.delete === undefined ? [] : splitTags(String(values.delete));
  for (const key of [...Object.keys(values), ...deleted]) checkRight(key, call);
  if (guest.lock !== null) die(`${guest.type === 'qemu' ? 'VM' : 'CT'} is locked (${guest.lock})`);
  if (strike(world, 'config-conflict', (fault) => fault.vmid === null || fault.vmid === guest.vmid)) {
    // Somebody else was quicker: the digest the client holds is of yesterday.
    guest.config.set('description', `edited by somebody else at ${world.clock.nowMs()}`);
  }
  if (values.digest !== undefined && String(values.digest).toLowerCase() !== digestOf(guest)) {
    die('detected modified configuration - file changed by other user? Try again.');
  }
  for (const key of deleted) guest.config.delete(key);
  for (const [key, value] of Object.entries(values)) {
    if (STEERING.has(key)) continue;
    if (key === 'tags') setTags(guest, String(value));
    else guest.config.set(key, value);
  }
  applyKnown(guest);
  world.revision += 1;
}

function checkRight(key: string, call: Call): void {
  if (key === 'node' || key === 'vmid' || key === 'digest' || key === 'delete' || key === 'revert') return;
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

function setTags(guest: Guest, text: string): void {
  const tags = splitTags(text);
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined) wrongParameters({ tags: 'invalid format - invalid characters in tag' });
  if (tags.length === 0) guest.config.delete('tags');
  else guest.config.set('tags', normaliseTags(tags).join(';'));
}

/** Keys that the simulation itself looks at. */
function applyKnown(guest: Guest): void {
  const name = guest.config.get(guest.type === 'qemu' ? 'name' : 'hostname');
  if (name !== undefined) guest.name = String(name);
}
