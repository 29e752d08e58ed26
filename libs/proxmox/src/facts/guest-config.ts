import type { GuestDisk, LocalDisks, MountPoints } from '@proxbalance/contracts';
import type { z } from 'zod';
import { readTags } from '../tags.ts';

/** What a guest's configuration says, as far as moving it is concerned. */
export type ConfigFacts = {
  vcpus: number | null;
  mountPoints: MountPoints;
  localDisks: LocalDisks;
  disks: Omit<z.infer<typeof GuestDisk>, 'is_shared'>[];
  localDevices: string[];
  /** What memory may be taken back to, GiB; null: no ballooning */
  balloonGib: number | null;
  /** VMs: CPU type as written; null: Proxmox's default */
  cpuModel: string | null;
  /** VMs: whether the guest agent is switched on; null for containers */
  agentEnabled: boolean | null;
  hasSnapshots: boolean;
  /** As written. Absent in facts that an older version kept. */
  tags?: string[];
};

type RawConfig = Record<string, string | number>;

const diskKey = /^(scsi|ide|virtio|sata|efidisk|tpmstate|unused)\d+$|^rootfs$|^mp\d+$/;
const deviceKey = /^(hostpci|usb|serial|parallel|dev|virtiofs)\d+$|^(ivshmem|vga)$/;

export function readConfigFacts(kind: 'qemu' | 'lxc', config: RawConfig): ConfigFacts {
  const entries = Object.entries(config).map(([key, value]) => [key, String(value)] as const);
  return {
    vcpus: countVcpus(kind, config),
    mountPoints: kind === 'lxc' ? readMountPoints(entries) : noMountPoints,
    localDisks: readPassthroughDisks(entries),
    disks: entries.filter(([key]) => diskKey.test(key)).flatMap(([key, value]) => readDisk(key, value)),
    localDevices: entries.filter(([key, value]) => bindsToHost(key, value)).map(([key]) => key),
    balloonGib: kind === 'qemu' ? readBalloon(config) : null,
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
function readBalloon({ balloon, memory }: RawConfig): number | null {
  const least = Number(balloon ?? 0);
  return least > 0 && least < Number(memory ?? 512) ? least / 1024 : null;
}

/** `host,flags=…` and `cputype=host,…` say the same; null when nothing is written. */
function firstOption(value: string | number | undefined, name: string): string | null {
  if (value === undefined) return null;
  const options = String(value).split(',');
  const named = options.find((option) => option.startsWith(`${name}=`));
  const bare = options.find((option) => !option.includes('='));
  return named?.slice(name.length + 1) ?? bare ?? null;
}

const noMountPoints: MountPoints = summarize([]);

function readMountPoints(entries: (readonly [string, string])[]): MountPoints {
  const points = entries
    .filter(([key]) => /^mp\d+$/.test(key))
    .map(([key, config]) => {
      const [source = '', ...options] = config.split(',');
      return {
        key,
        config,
        is_bind_mount: source.startsWith('/') && !source.startsWith('/dev/'),
        source,
        mount_path: options.find((option) => option.startsWith('mp='))?.slice(3) ?? '',
        is_shared: options.includes('shared=1'),
      };
    });
  return summarize(points);
}

function summarize(points: MountPoints['mount_points']): MountPoints {
  const bind = points.filter((point) => point.is_bind_mount);
  return {
    mount_points: points,
    has_mount_points: points.length > 0,
    has_bind_mount: bind.length > 0,
    has_storage_mount: points.some((point) => !point.is_bind_mount),
    has_shared_mount: bind.some((point) => point.is_shared),
    has_unshared_bind_mount: bind.some((point) => !point.is_shared),
    mount_count: points.length,
  };
}

function readPassthroughDisks(entries: (readonly [string, string])[]): LocalDisks {
  const disks = entries
    .filter(([key, value]) => diskKey.test(key) && value.startsWith('/dev/'))
    .map(([key, value]) => ({ key, device: value.split(',')[0] ?? value, type: key.replace(/\d+$/, '') }));
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

/** A volume on a storage: `storage:volume,option=…`. Paths and empty drives are none. */
function readDisk(key: string, value: string): ConfigFacts['disks'] {
  const [source = '', ...options] = value.split(',');
  const colon = source.indexOf(':');
  if (colon <= 0 || source.startsWith('/')) return [];
  const isCloudInit = cloudInit.test(source);
  return [
    {
      key,
      storage: source.slice(0, colon),
      volume: source,
      size_gb: sizeGib(options.find((option) => option.startsWith('size='))?.slice(5) ?? (isCloudInit ? '4M' : '')),
      is_cdrom: options.includes('media=cdrom') && !isCloudInit,
    },
  ];
}

const unitGib: Record<string, number> = { K: 2 ** -20, M: 2 ** -10, G: 1, T: 2 ** 10, '': 2 ** -30 };

function sizeGib(size: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '');
  return match ? Number(match[1]) * (unitGib[match[2] ?? ''] ?? 0) : null;
}

/** The drive that Proxmox writes for cloud-init: moved with the guest, though it is called a CD. */
const cloudInit = /[:/]vm-\d+-cloudinit(\.|$)/;

/**
 * Whether Proxmox would refuse to move the running guest for it. A mapped device may exist on other hosts, but holds a
 * running guest all the same.
 */
function bindsToHost(key: string, value: string): boolean {
  if (diskKey.test(key)) return value.split(',')[0] === 'cdrom';
  if (!deviceKey.test(key)) return false;
  if (key === 'vga') return value.includes('clipboard=vnc');
  if (key.startsWith('serial')) return value !== 'socket';
  if (key.startsWith('usb')) return !/(^|,)(host=)?spice(,|$)/.test(value);
  return true;
}
