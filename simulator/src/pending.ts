import type { ConfigValue, Guest } from './guest.ts';
import { changeLoad, currentLoad, isRunning, place } from './placement.ts';
import type { World } from './world.ts';

const MIB = 1_048_576;
/** Keys of the configuration that applySizes() reads. */
export const SIZE_KEYS = new Set(['cores', 'sockets', 'memory', 'name', 'hostname']);
/** What a running VM takes on at once; everything else that is not a plugged device waits for its next start. */
const FAST = new Set(['name', 'onboot', 'shares', 'startup', 'description', 'protection', 'hookscript', 'tags']);
const PLUGGED = /^(net|ipconfig|scsi|virtio|sata|ide|unused|usb)\d+$|^(vmstatestorage|template|cdrom)$/;

/** Sets a key, or deletes it (null). Containers and whatever is off change at once. */
export function setConfig(guest: Guest, key: string, value: ConfigValue | null): void {
  const waits = guest.type === 'qemu' && isRunning(guest) && !FAST.has(key) && !PLUGGED.test(key);
  const same = (guest.config.get(key) ?? null) === value;
  guest.pending.delete(key);
  if (waits && !same) guest.pending.set(key, value);
  else if (value === null) guest.config.delete(key);
  else guest.config.set(key, value);
}

/** The configuration with what is pending, as GET .../config shows it. */
export function wishedConfig(guest: Guest): Map<string, ConfigValue> {
  const wished = new Map(guest.config);
  for (const [key, value] of guest.pending) {
    if (value === null) wished.delete(key);
    else wished.set(key, value);
  }
  return wished;
}

/** A start, as opposed to a migration: what was pending becomes true. */
export function powerOn(world: World, guest: Guest, node: string): void {
  if (guest.pending.size > 0) {
    const sized = [...guest.pending.keys()].some((key) => SIZE_KEYS.has(key));
    guest.config = wishedConfig(guest);
    guest.pending.clear();
    if (sized) applySizes(world, guest);
  }
  place(world, guest, node, true);
}

/** Cores and memory follow the configuration; the guest goes on wanting as many cores as before. */
export function applySizes(world: World, guest: Guest): void {
  const before = guest.cores * guest.sockets;
  const { config } = guest;
  const onHost = world.nodes.get(guest.node)?.cores ?? 1;
  guest.cores = Number(config.get('cores') ?? (guest.type === 'lxc' ? onHost : 1));
  guest.sockets = Number(config.get('sockets') ?? 1);
  guest.memBytes = Number(/\d+/.exec(String(config.get('memory') ?? 512))?.[0]) * MIB;
  const name = config.get(guest.type === 'qemu' ? 'name' : 'hostname');
  if (name !== undefined) guest.name = String(name);
  const vcpus = guest.cores * guest.sockets;
  if (vcpus === before) return;
  const load = currentLoad(guest);
  changeLoad(world, guest, { ...load, cpu: Math.min(1, (load.cpu * before) / vcpus) });
}
