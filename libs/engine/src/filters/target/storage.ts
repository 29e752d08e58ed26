import type { Change, Guest, Node } from '@proxbalance/contracts';
import { isLocalDisk } from '../../cost-benefit.ts';
import { upToTenth } from '../../numbers.ts';
import type { TargetFilter } from '../filter.ts';

/**
 * Every storage the guest uses exists and is active on the target. Disks that are not shared must fit the free space of the
 * storage of the same name, and only virtual machines can take them along.
 */
export const storage: TargetFilter = {
  name: 'storage',
  summary: 'Every storage the guest uses is there, active, and has room for what must be copied',
  admits: ({ guest }, { node }) => storageRefusal(guest, node) === null,
  why: ({ guest }, { node }) => storageRefusal(guest, node) ?? '',
  change: ({ guest }, { node }) => changeFor(guest, node),
};

const changeFor = (guest: Guest, node: Node): Change => {
  const disk = guest.disks?.find((one) => refuseDisk(one, guest, node) !== null);
  if (!disk || node.unknown.includes('storage'))
    return { kind: 'make-readable', node: node.name, text: `let the disks and the storage of ${node.name} be read` };
  const { storage: name } = disk;
  const there = node.storage.find((one) => one.storage === name);
  const on = { node: node.name, storage: name };
  if (!there?.active) return { kind: 'add-storage', ...on, text: `storage ${name} on ${node.name}` };
  const missing = (localGb(guest, name) ?? 0) - there.avail_gb;
  if (isLocalDisk(disk) && guest.type === 'VM' && missing > 0) {
    const amount = upToTenth(missing);
    const text = `${amount.toFixed(1)} GiB more free on storage ${name} of ${node.name}`;
    return { kind: 'free-storage', ...on, amount, unit: 'GiB', text };
  }
  return { kind: 'change-guest', ...on, text: `move ${disk.key} to a storage that ${node.name} shares` };
};

/** Why the storages of a node keep a guest off, in words; null: they do not. */
export const storageRefusal = (guest: Guest, target: Node): string | null => {
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
  if (!takes(there.content, guest.type === 'VM' ? 'images' : 'rootdir'))
    return `Storage ${disk.storage} takes no disks of this kind`;
  if (disk.is_shared === null) return `Not known whether ${disk.key} is shared`;
  return disk.is_shared ? null : refuseCopy(disk.storage, guest, there.avail_gb);
};

/** Whether a comma list of content types names one; most storages take one kind, or what they take comes first. */
const takes = (content: string, kind: string): boolean =>
  content === kind || content.startsWith(`${kind},`) || content.split(',').includes(kind);

const refuseCopy = (name: string, guest: Guest, availGb: number): string | null => {
  if (guest.type === 'CT') return `Storage ${name} is local; a container cannot take it along`;
  const wanted = localGb(guest, name);
  if (wanted === null) return `Size of a disk on ${name} is not known`;
  return wanted > availGb
    ? `Storage ${name} has ${availGb.toFixed(1)} GiB free, ${wanted.toFixed(1)} are wanted`
    : null;
};

/** GiB of the guest's disks that must be copied to a storage; null: not known. */
const localGb = (guest: Guest, name: string): number | null =>
  (guest.disks ?? [])
    .filter((disk) => isLocalDisk(disk) && disk.storage === name)
    .reduce<number | null>((sum, { size_gb }) => (sum === null || size_gb === null ? null : sum + size_gb), 0);
