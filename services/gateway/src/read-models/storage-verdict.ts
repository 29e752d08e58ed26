import type { Guest, Node, StorageVerdict } from '@proxbalance/contracts';

type Disk = NonNullable<Guest['disks']>[number];
type Storage = Node['storage'][number];
type Reason = { storage: string; reason: string };

/** Where copied disks go when not to the storage of the same name, and of which type storages are. */
export type StoragePlan = {
  map: Readonly<Record<string, string>>;
  typeOf: (storage: string) => string | undefined;
};

const noPlan: StoragePlan = { map: {}, typeOf: () => undefined };

/** Whether a guest, with the disks it has, could live on each of `targets`. What is not known never counts as a yes. */
export function judgeStorage(guest: Guest, targets: readonly Node[], plan: StoragePlan = noPlan): StorageVerdict {
  const type = guest.type === 'VM' ? ('qemu' as const) : ('lxc' as const);
  const { disks } = guest;
  if (disks === null || guest.unknown.includes('config'))
    return { ...unjudged(guest.vmid, targets, 'its configuration could not be read'), type };
  const incompatible = targets.flatMap((target) => {
    const { reasons, missing_storage } = judgeTarget(guest, disks, target, plan);
    return reasons.length > 0 ? [{ node: target.name, missing_storage, reasons }] : [];
  });
  const refused = new Set(incompatible.map(({ node }) => node));
  return {
    vmid: guest.vmid,
    type,
    storage_volumes: storagesOf(disks),
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

/** Of a node that is not online nothing can be used, whatever its rows still say. */
export const activeStorages = (node: Node): Storage[] =>
  node.status === 'online' ? node.storage.filter((storage) => storage.active) : [];

const storagesOf = (disks: readonly Disk[]): string[] =>
  [...new Set(disks.map(({ storage }) => storage).filter((name) => name !== ''))].sort();

/** Disks of one storage, those of them that would be copied, and where they would be. */
type Group = { storage: string; disks: Disk[]; copied: Disk[]; goesTo: string };

function judgeTarget(guest: Guest, disks: readonly Disk[], target: Node, plan: StoragePlan) {
  const groups = groupsOf(guest, disks, target, plan);
  const active = new Map(activeStorages(target).map((storage) => [storage.storage, storage]));
  const reasons = groups.flatMap((group): Reason[] => {
    const there = active.get(group.goesTo);
    const reason = there
      ? (refuse(guest, group, target, there, plan) ?? refuseSpace(group, groups, there))
      : whyMissing(target, group);
    return reason === null ? [] : [{ storage: group.storage, reason }];
  });
  if (target.status !== 'online' && groups.length === 0) reasons.push({ storage: '', reason: notOnline(target) });
  const missing = groups.map(({ goesTo }) => goesTo).filter((name) => !active.has(name));
  return { reasons, missing_storage: [...new Set(missing)] };
}

/** As Proxmox does it: what is on shared storage is not copied, and no map moves it. */
const groupsOf = (guest: Guest, disks: readonly Disk[], target: Node, { map }: StoragePlan): Group[] =>
  storagesOf(disks).map((storage) => {
    const own = disks.filter((disk) => disk.storage === storage);
    const isCopied = (disk: Disk) => !disk.is_cdrom && disk.is_shared === false && guest.node !== target.name;
    const copied = own.filter(isCopied);
    return { storage, disks: own, copied, goesTo: copied.length > 0 ? (map[storage] ?? storage) : storage };
  });

const notOnline = ({ name, status }: Node): string =>
  status === 'offline' ? `${name} is offline` : `the state of ${name} is not known`;

function whyMissing(target: Node, { goesTo }: Group): string {
  if (target.status !== 'online') return notOnline(target);
  if (target.unknown.includes('storage')) return `the storage of ${target.name} could not be read`;
  const isThere = target.storage.some(({ storage }) => storage === goesTo);
  return isThere ? `${goesTo} is not active on ${target.name}` : `${goesTo} is not on ${target.name}`;
}

function refuse(guest: Guest, group: Group, target: Node, there: Storage, { typeOf }: StoragePlan): string | null {
  const medium = group.disks.find((disk) => disk.is_cdrom && disk.is_shared !== true);
  if (medium && guest.node !== target.name) return `${medium.key} holds a medium that can't go along: ${medium.volume}`;
  const volumes = group.disks.filter((disk) => !disk.is_cdrom);
  if (volumes.length === 0) return null;
  const content = guest.type === 'VM' ? 'images' : 'rootdir';
  if (!there.content.split(',').includes(content)) return `${there.storage} takes no ${content} on ${target.name}`;
  if (volumes.some((disk) => disk.is_shared === null)) return 'not known whether it is shared between nodes';
  if (there.storage === group.storage || (guest.type === 'VM' && guest.status === 'running')) return null;
  // Only a running VM is copied block by block; anything else goes as its storage exports it.
  const type = typeOf(group.storage) ?? 'a type nobody knows';
  return type === there.type ? null : `only a running VM can go from ${type} to ${there.type}`;
}

/** All that is copied to the same storage shares its room. */
function refuseSpace({ copied }: Group, groups: readonly Group[], there: Storage): string | null {
  if (copied.length === 0) return null;
  const all = groups.filter(({ goesTo }) => goesTo === there.storage).flatMap((group) => group.copied);
  const unsized = all.find((disk) => disk.size_gb === null);
  if (unsized) return `the size of ${unsized.key} is not known`;
  const wanted = all.reduce((sum, disk) => sum + (disk.size_gb ?? 0), 0);
  if (wanted <= there.avail_gb) return null;
  return `${there.avail_gb.toFixed(1)} GiB are free on ${there.storage}, ${wanted.toFixed(1)} are wanted`;
}
