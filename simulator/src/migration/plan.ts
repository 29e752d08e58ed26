import type { Disk, Guest } from '../guest.ts';
import { splitList } from '../lists.ts';
import type { Node, World } from '../world.ts';

/** What a client asked for, already checked. */
export interface MigrationRequest {
  guest: Guest;
  source: Node;
  target: Node;
  owner: string;
  online: boolean;
  restart: boolean;
  withLocalDisks: boolean;
  /** KiB/s; null: unlimited. */
  bwlimitKibps: number | null;
  /** Storage on the target for a storage on the source. */
  storageMap: StorageMap;
  timeoutS: number;
  /** Started by the HA agent: it says so in the log and moves local disks without being asked. */
  byHa: boolean;
  /** A VM that is off may leave its local devices behind. */
  force: boolean;
}

export type StorageMap = (storage: string) => string;

export interface LocalDisk {
  disk: Disk;
  volid: string;
  targetStorage: string;
}

/** `1` keeps, `a` sends everything to a, `a:b,c:d` maps one by one. */
export function readStorageMap(text: string | undefined): StorageMap {
  if (text === undefined || text === '' || text === '1') return (storage) => storage;
  const pairs = splitList(text).map((part) => part.split(':'));
  const single = pairs.find((pair) => pair.length === 1)?.[0];
  const mapped = new Map(pairs.filter((pair) => pair.length === 2).map(([from = '', to = '']) => [from, to]));
  return (storage) => mapped.get(storage) ?? single ?? storage;
}

/** Disks that do not sit on storage both nodes share, or that are asked onto another storage. */
export function localDisks(request: MigrationRequest): LocalDisk[] {
  const { guest, source, storageMap } = request;
  return guest.disks.flatMap((disk) => {
    const shared = source.storages.get(disk.storage)?.shared === true;
    const targetStorage = storageMap(disk.storage);
    if (shared && targetStorage === disk.storage) return [];
    return [{ disk, volid: volumeText(guest, disk), targetStorage }];
  });
}

export function volumeText(guest: Guest, disk: Disk): string {
  return String(guest.config.get(disk.key) ?? `${disk.storage}:vm-${guest.vmid}-disk-0`).split(',')[0] ?? '';
}

export function volumeOn(local: LocalDisk): string {
  return local.volid.replace(/^[^:]+/, local.targetStorage);
}

/** Drives of config that are passed-through hardware: they pin a VM to its node. */
export function localResources(guest: Guest): string[] {
  const found: string[] = [];
  for (const [key, value] of guest.config) {
    const text = String(value);
    if (/^(hostpci|usb)\d+$/.test(key) && !/(^|,)(mapping=|spice)/.test(text)) found.push(key);
    if (/^serial\d+$/.test(key) && text.startsWith('/dev/')) found.push(key);
    if (/^parallel\d+$/.test(key)) found.push(key);
    if (key === 'ivshmem') found.push(key);
  }
  return found.sort();
}

/** Mapped devices by config key: `hostpci0` -> the mapping's name. */
export function mappedResources(guest: Guest): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of guest.config) {
    const mapping = /^(hostpci|usb)\d+$/.test(key) ? /(?:^|,)mapping=([^,]+)/.exec(String(value)) : null;
    if (mapping?.[1]) found.set(key, mapping[1]);
  }
  return found;
}

/** A cdrom with an image on storage the target does not share. */
export function localCdrom(guest: Guest, source: Node): string | null {
  for (const [key, value] of guest.config) {
    const text = String(value);
    if (!/^(ide|sata|scsi)\d+$/.test(key) || !text.includes('media=cdrom')) continue;
    const volid = text.split(',')[0] ?? 'none';
    const storage = volid.split(':')[0] ?? '';
    if (volid === 'none' || volid.includes('cloudinit')) continue;
    if (source.storages.get(storage)?.shared !== true) return volid;
  }
  return null;
}

export interface ContainerMounts {
  /** Mount points that are a path of the node: nothing to copy, nothing to find on the target. */
  bind: string[];
}

export function containerMounts(guest: Guest): ContainerMounts {
  const bind: string[] = [];
  for (const [key, value] of guest.config) {
    const text = String(value);
    if (/^mp\d+$/.test(key) && text.startsWith('/') && !/(^|,)shared=1/.test(text)) bind.push(key);
  }
  return { bind: bind.sort() };
}

/** Moves the disks' entries to where they are now. */
export function moveDisks(world: World, request: MigrationRequest): void {
  for (const local of localDisks(request)) {
    const entry = String(request.guest.config.get(local.disk.key) ?? '');
    request.guest.config.set(local.disk.key, entry.replace(/^[^:]+/, local.targetStorage));
    local.disk.storage = local.targetStorage;
  }
  world.revision += 1;
}

/** Bytes per second the client allows; null: as fast as the network is. */
export function limitOf(request: MigrationRequest): number | null {
  return request.bwlimitKibps === null || request.bwlimitKibps === 0 ? null : request.bwlimitKibps * 1024;
}
