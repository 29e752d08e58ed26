import { hasFault } from './faults.ts';
import type { Node, NodeStorage, World } from './world.ts';

const TIB = 1_099_511_627_776;

export interface StorageUsage {
  active: boolean;
  totalBytes: number;
  usedBytes: number;
}

/** Bytes of guests' disks by storage; a local storage is another one on every node. */
export type DiskBytes = Map<string, number>;

export function diskBytes(world: World): DiskBytes {
  const found: DiskBytes = new Map();
  for (const guest of world.guests.values()) {
    const storages = world.nodes.get(guest.node)?.storages;
    for (const disk of guest.disks) {
      const storage = storages?.get(disk.storage);
      if (!storage) continue;
      const key = keyOf(guest.node, storage);
      found.set(key, (found.get(key) ?? 0) + disk.sizeBytes);
    }
  }
  return found;
}

export function usageOf(world: World, node: Node, storage: NodeStorage, disks = diskBytes(world)): StorageUsage {
  if (!isActive(world, node, storage)) return { active: false, totalBytes: 0, usedBytes: 0 };
  const usedBytes = Math.max(0, storage.baseUsedBytes + (disks.get(keyOf(node.name, storage)) ?? 0));
  // A size of 0 in the cluster file means "not said": room enough.
  const totalBytes = storage.totalBytes > 0 ? storage.totalBytes : Math.max(TIB, usedBytes * 4);
  return { active: true, totalBytes, usedBytes: Math.min(usedBytes, totalBytes) };
}

export function isActive(world: World, node: Node, storage: NodeStorage): boolean {
  const broken = hasFault(
    world,
    'storage-unavailable',
    (fault) => fault.storage === storage.storage && (fault.node === null || fault.node === node.name),
  );
  return storage.enabled && !broken;
}

/** The file gives what is used in all at the start; from then on only what guests add or take away is counted. */
export function discountDisks(world: World): void {
  const disks = diskBytes(world);
  for (const node of world.nodes.values()) {
    for (const storage of node.storages.values()) {
      if (storage.baseUsedBytes > 0) storage.baseUsedBytes -= disks.get(keyOf(node.name, storage)) ?? 0;
    }
  }
}

function keyOf(node: string, storage: NodeStorage): string {
  return storage.shared ? storage.storage : `${node}/${storage.storage}`;
}
