import type { GuestDisk, LocalDisks, MountPoints } from '@proxbalance/contracts';
import type { z } from 'zod';
import { readTags } from '../tags.ts';
import { holdOf } from './host-bound.ts';
import { noMountPoints, readMountPoints } from './mount-points.ts';
import { diskKey, isCloudInit, readVolume, sizeGib, storageOf, type Volume } from './volumes.ts';

/** What a guest's configuration says, as far as moving it is concerned. */
export type ConfigFacts = {
  name: string | null;
  vcpus: number | null;
  /** GiB; null: Proxmox's default */
  memoryGib: number | null;
  mountPoints: MountPoints;
  localDisks: LocalDisks;
  disks: Omit<z.infer<typeof GuestDisk>, 'is_shared'>[];
  /** Keys that keep it on its host, whether it runs or not */
  localDevices: string[];
  /** Keys that keep it there while it runs */
  liveBlockers: string[];
  /** What memory may be taken back to, GiB; null: no ballooning */
  balloonGib: number | null;
  /** VMs: CPU type as written; null: Proxmox's default */
  cpuModel: string | null;
  /** VMs: whether the guest agent is switched on; null for containers */
  agentEnabled: boolean | null;
  /** It goes back to one. One on a branch of its own, next to the present state, can't be seen here. */
  hasSnapshots: boolean;
  /** As written. Absent in facts that an older version kept. */
  tags?: string[];
};

type RawConfig = Record<string, string | number>;

export function readConfigFacts(kind: 'qemu' | 'lxc', config: RawConfig): ConfigFacts {
  const entries = Object.entries(config).map(([key, value]) => [key, String(value)] as const);
  const volumes = entries.filter(([key]) => diskKey.test(key)).map(([key, value]) => readVolume(key, value));
  const holds = entries.map(([key, value]) => ({ key, hold: holdOf(kind, key, value) }));
  const name = config.name ?? config.hostname;
  const memoryMib = Number(firstOption(config.memory, 'current') ?? Number.NaN);
  return {
    name: name === undefined ? null : String(name),
    vcpus: countVcpus(kind, config),
    memoryGib: memoryMib > 0 ? memoryMib / 1024 : null,
    mountPoints: kind === 'lxc' ? readMountPoints(entries) : noMountPoints,
    localDisks: readPassthroughDisks(kind, volumes),
    disks: volumes.flatMap(readDisk),
    localDevices: holds.flatMap(({ key, hold }) => (hold === 'always' ? [key] : [])),
    liveBlockers: holds.flatMap(({ key, hold }) => (hold === 'while-running' ? [key] : [])),
    balloonGib: kind === 'qemu' ? readBalloon(config.balloon, memoryMib || 512) : null,
    cpuModel: kind === 'qemu' ? firstOption(config.cpu, 'cputype') : null,
    agentEnabled: kind === 'qemu' ? firstOption(config.agent, 'enabled') === '1' : null,
    hasSnapshots: config.parent !== undefined,
    tags: readTags(config.tags),
  };
}

/** VMs: those plugged in, else sockets × cores, both 1 when absent. Containers: cores, else cpulimit; null: all of the host's. */
function countVcpus(kind: 'qemu' | 'lxc', config: RawConfig): number | null {
  if (kind === 'qemu') return Number(config.vcpus ?? Number(config.sockets ?? 1) * Number(config.cores ?? 1));
  const cores = Number(config.cores ?? config.cpulimit ?? 0);
  return cores > 0 ? cores : null;
}

/** Missing means as much as the memory, 0 no balloon at all: nothing can be taken back then. */
function readBalloon(balloon: string | number | undefined, memoryMib: number): number | null {
  const least = Number(balloon ?? 0);
  return least > 0 && least < memoryMib ? least / 1024 : null;
}

/** `host,flags=…` and `cputype=host,…` say the same; null when nothing is written. */
function firstOption(value: string | number | undefined, name: string): string | null {
  if (value === undefined) return null;
  const options = String(value).split(',');
  const named = options.find((option) => option.startsWith(`${name}=`));
  const bare = options.find((option) => !option.includes('='));
  return named?.slice(name.length + 1) ?? bare ?? null;
}

/** Paths in place of volumes. A container's folders are mount points, not disks. */
function readPassthroughDisks(kind: 'qemu' | 'lxc', volumes: Volume[]): LocalDisks {
  const path = kind === 'qemu' ? '/' : '/dev/';
  const disks = volumes
    .filter(({ source }) => source.startsWith(path))
    .map(({ key, source }) => ({ key, device: source, type: key.replace(/\d+$/, '') }));
  const pinned = disks.length > 0;
  return {
    passthrough_disks: disks,
    has_passthrough: pinned,
    is_pinned: pinned,
    pinned_reason: pinned ? 'Hardware passthrough disks' : null,
    passthrough_count: disks.length,
    total_pinned_disks: disks.length,
  };
}

/** A volume on a storage. Paths and empty drives are none. */
function readDisk(volume: Volume): ConfigFacts['disks'] {
  const storage = storageOf(volume);
  if (storage === null) return [];
  const { key, source, options } = volume;
  const is_cdrom = options.includes('media=cdrom') && !isCloudInit(source);
  return [{ key, storage, volume: source, size_gb: sizeGib(volume), is_cdrom }];
}
