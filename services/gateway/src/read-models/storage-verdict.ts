import type { Guest, Node, StorageVerdict } from '@proxbalance/contracts';

type Disk = NonNullable<Guest['disks']>[number];
type Storage = Node['storage'][number];
type Reason = { storage: string; reason: string };

/** Whether a guest, with the disks it has, could live on each of `targets`. What is not known never counts as a yes. */
export function judgeStorage(guest: Guest, targets: readonly Node[]): StorageVerdict {
  const type = guest.type === 'VM' ? ('qemu' as const) : ('lxc' as const);
  const { disks } = guest;
  if (disks === null || guest.unknown.includes('config'))
    return { ...unjudged(guest.vmid, targets, 'its configuration could not be read'), type };
  const storage_volumes = storagesOf(disks);
  const incompatible = targets.flatMap((target) => {
    const reasons = refuse(guest, disks, target);
    const missing_storage = storage_volumes.filter((name) => !activeOn(target, name));
    return reasons.length > 0 ? [{ node: target.name, missing_storage, reasons }] : [];
  });
  const refused = new Set(incompatible.map(({ node }) => node));
  return {
    vmid: guest.vmid,
    type,
    storage_volumes,
    compatible_targets: targets.map(({ name }) => name).filter((name) => !refused.has(name)),
    incompatible_targets: incompatible,
  };
}

export const unjudged = (vmid: number, targets: readonly Node[], error: string): StorageVerdict => ({
  vmid,
  type: 'unknown',
  storage_volumes: [],
  compatible_targets: [],
  incompatible_targets: targets.map(({ name: node }) => ({ node, missing_storage: [], reasons: [] })),
  error,
});

export const activeStorages = (node: Node): Storage[] => node.storage.filter((storage) => storage.active);

const storagesOf = (disks: readonly Disk[]): string[] =>
  [...new Set(disks.map(({ storage }) => storage).filter((name) => name !== ''))].sort();

const activeOn = (target: Node, name: string): Storage | undefined =>
  activeStorages(target).find(({ storage }) => storage === name);

/** One reason for each storage that is in the way. */
function refuse(guest: Guest, disks: readonly Disk[], target: Node): Reason[] {
  return storagesOf(disks).flatMap((storage) => {
    const own = disks.filter((disk) => disk.storage === storage);
    const reason = refuseStorage(guest, own, target, activeOn(target, storage));
    return reason === null ? [] : [{ storage, reason }];
  });
}

function refuseStorage(guest: Guest, disks: readonly Disk[], target: Node, there: Storage | undefined): string | null {
  if (!there) return whyMissing(target, disks[0]?.storage);
  const medium = disks.find((disk) => disk.is_cdrom && disk.is_shared !== true);
  if (medium && guest.node !== target.name) return `${medium.key} holds a medium that can't go along: ${medium.volume}`;
  const volumes = disks.filter((disk) => !disk.is_cdrom);
  if (volumes.length === 0) return null;
  const content = guest.type === 'VM' ? 'images' : 'rootdir';
  if (!there.content.split(',').includes(content)) return `takes no ${content} on ${target.name}`;
  if (volumes.some((disk) => disk.is_shared === null)) return 'not known whether it is shared between nodes';
  return guest.node === target.name ? null : refuseCopy(volumes, there);
}

function whyMissing(target: Node, name: string | undefined): string {
  if (target.unknown.includes('storage')) return `the storage of ${target.name} could not be read`;
  const isThere = target.storage.some(({ storage }) => storage === name);
  return isThere ? `not active on ${target.name}` : `not on ${target.name}`;
}

/** Of a shared storage nothing is copied. */
function refuseCopy(volumes: readonly Disk[], there: Storage): string | null {
  const copied = volumes.filter((disk) => !disk.is_shared);
  const unsized = copied.find((disk) => disk.size_gb === null);
  if (unsized) return `the size of ${unsized.key} is not known`;
  const wanted = copied.reduce((sum, disk) => sum + (disk.size_gb ?? 0), 0);
  if (wanted <= there.avail_gb) return null;
  return `${there.avail_gb.toFixed(1)} GiB are free, ${wanted.toFixed(1)} are wanted`;
}
