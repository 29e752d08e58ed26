import type { Guest, Node } from '@proxbalance/contracts';
import { isLocalDisk } from '../../cost-benefit.ts';
import type { TargetFilter } from '../filter.ts';

/**
 * Every storage the guest uses exists and is active on the target. Disks that are not shared must fit the free space of the
 * storage of the same name, and only virtual machines can take them along.
 */
export const storage: TargetFilter = {
  name: 'storage',
  summary: 'Every storage the guest uses is there, active, and has room for what must be copied',
  admits: ({ guest }, { node }) => refusalOf(guest, node) === null,
  why: ({ guest }, { node }) => refusalOf(guest, node) ?? '',
};

const refusalOf = (guest: Guest, target: Node): string | null => {
  if (target.unknown.includes('storage')) return 'Storage of the node could not be read';
  if (guest.disks === null) return 'Disks of the guest are not known';
  for (const disk of guest.disks) {
    const missing = refuseDisk(disk, guest, target);
    if (missing) return missing;
  }
  return null;
};

const refuseDisk = (disk: NonNullable<Guest['disks']>[number], guest: Guest, target: Node): string | null => {
  if (disk.is_cdrom && disk.storage === '') return null;
  const there = target.storage.find((one) => one.storage === disk.storage);
  if (!there?.active) return `Storage ${disk.storage || disk.volume} is not available`;
  if (disk.is_cdrom) return null;
  if (!there.content.split(',').includes(guest.type === 'VM' ? 'images' : 'rootdir'))
    return `Storage ${disk.storage} takes no disks of this kind`;
  if (disk.is_shared === null) return `Not known whether ${disk.key} is shared`;
  return disk.is_shared ? null : refuseCopy(disk.storage, guest, there.avail_gb);
};

const refuseCopy = (name: string, guest: Guest, availGb: number): string | null => {
  if (guest.type === 'CT') return `Storage ${name} is local; a container cannot take it along`;
  const local = (guest.disks ?? []).filter((disk) => isLocalDisk(disk) && disk.storage === name);
  if (local.some((disk) => disk.size_gb === null)) return `Size of a disk on ${name} is not known`;
  const wanted = local.reduce((sum, disk) => sum + (disk.size_gb ?? 0), 0);
  return wanted > availGb
    ? `Storage ${name} has ${availGb.toFixed(1)} GiB free, ${wanted.toFixed(1)} are wanted`
    : null;
};
