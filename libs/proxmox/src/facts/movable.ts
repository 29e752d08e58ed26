import type { Guest, Movable, Node } from '@proxbalance/contracts';
import { isCloudInit, isLinkedClone } from './volumes.ts';

type Facts = Pick<
  Guest,
  | 'type'
  | 'unknown'
  | 'template'
  | 'lock'
  | 'local_disks'
  | 'local_devices'
  | 'live_blockers'
  | 'mount_points'
  | 'disks'
  | 'has_snapshots'
> & {
  /** Why the HA manager would not let it go, or bring it back; null: it would let it go, or does not manage it. */
  haHold?: string | null;
};

/** What holds for a guest because of where it is. */
export type Surroundings = {
  nodeStatus: Node['status'];
  /** null: not known */
  quorate: boolean | null;
  /** Whether its node is known not to have a storage at hand. */
  isStorageDown: (storage: string) => boolean;
  /** `zfspool`, `dir`, …; undefined: not known */
  storageType: (storage: string) => string | undefined;
};

/** A reason that holds a guest always, or only while it runs. */
type Reason = Movable['reasons'][number] & { onlyRunning?: boolean };

/** Whether Proxmox could move this guest at all. Where to is another matter. */
export function deriveMovable(guest: Facts, around: Surroundings): Movable {
  const reasons = [
    ...surroundingReasons(guest, around),
    ...guestReasons(guest, around),
    ...hostReasons(guest),
    ...localDiskReasons(guest, around),
  ];
  return {
    online: reasons.length === 0,
    offline: reasons.every(({ onlyRunning }) => onlyRunning === true),
    reasons: reasons.map(({ code, detail }) => ({ code, detail })),
  };
}

/** A node that is down moves nothing, a cluster without quorum writes nothing, a disk that is not there is not copied. */
function surroundingReasons({ disks }: Facts, { nodeStatus, quorate, isStorageDown }: Surroundings): Reason[] {
  const down = unique(disks?.map((disk) => disk.storage).filter(isStorageDown));
  return [
    ...when(nodeStatus === 'offline', 'node_offline', 'its node is offline'),
    ...when(nodeStatus === 'unknown', 'node_unknown', 'the state of its node is not known'),
    ...when(quorate === false, 'no_quorum', 'the cluster has no quorum'),
    ...list(down, 'storage_unavailable', 'its node can not use'),
  ];
}

const guestReasons = ({ unknown, template, lock, haHold }: Facts, { quorate }: Surroundings): Reason[] => [
  ...list([...unknown, ...(quorate === null ? ['quorum'] : [])], 'unknown', 'could not be read:'),
  ...when(template, 'template', 'is a template'),
  ...when(!!lock, 'locked', `is locked (${lock})`),
  ...when(!!haHold, 'ha_hold', haHold ?? ''),
];

/** What it uses of its host, and other hosts do not have. */
function hostReasons({ local_disks, local_devices, live_blockers, mount_points, disks }: Facts): Reason[] {
  const passthrough = local_disks?.passthrough_disks.map((disk) => disk.key);
  const binds = mount_points?.mount_points.filter((point) => point.is_bind_mount && !point.is_shared);
  const media = disks?.filter((disk) => disk.is_cdrom && disk.is_shared !== true);
  const live = list(live_blockers, 'passthrough_device', 'can not be moved while it runs with');
  return [
    ...list(passthrough, 'passthrough_disk', 'uses disks of its host:'),
    ...list(local_devices, 'passthrough_device', 'uses devices of its host:'),
    ...live.map((reason) => ({ ...reason, onlyRunning: true })),
    ...list(
      binds?.map((point) => point.source),
      'unshared_bind_mount',
      'mounts folders of its host:',
    ),
    ...list(
      media?.map((disk) => disk.volume),
      'local_cdrom',
      'has a medium of local storage inserted:',
    ),
  ];
}

/** Kinds of local storage that Proxmox copies disks from. */
const copied = ['dir', 'btrfs', 'zfspool', 'lvmthin', 'lvm'];

/** Local disks are copied along, but not from everywhere. */
function localDiskReasons(guest: Facts, { storageType }: Surroundings): Reason[] {
  const local = guest.disks?.filter((disk) => !disk.is_cdrom && disk.is_shared === false) ?? [];
  const odd = local.filter(({ storage }) => !copied.includes(storageType(storage) ?? 'dir'));
  const clones = local.filter(({ volume }) => isLinkedClone(volume));
  return [
    ...list(unique(odd.map(({ storage }) => storage)), 'local_storage', 'its disks can not be copied from'),
    ...list(volumesOf(clones), 'linked_clone', 'is a linked clone on local storage:'),
    ...(guest.has_snapshots ? snapshotReasons(guest.type, local, storageType) : []),
  ];
}

/** A running machine never takes them along. One that is off does from some storages, and a container is off for the move. */
function snapshotReasons(type: Guest['type'], local: Disks, storageType: Surroundings['storageType']): Reason[] {
  // The cloud-init drive is written anew.
  const kept = local.filter(({ volume }) => !isCloudInit(volume));
  const stuck = kept.filter((disk) => !takesSnapshotsAlong(type, storageType(disk.storage), disk.volume));
  const holding = volumesOf(type === 'VM' ? kept : stuck);
  const reasons = list(holding, 'local_snapshot', 'has snapshots of disks on local storage:');
  return stuck.length > 0 ? reasons : reasons.map((reason) => ({ ...reason, onlyRunning: true }));
}

type Disks = NonNullable<Guest['disks']>;

const volumesOf = (disks: Disks): string[] => disks.map(({ volume }) => volume);

/** A kind of storage that is not known takes none. */
const takesSnapshotsAlong = (type: Guest['type'], kind: string | undefined, volume: string): boolean =>
  kind === 'zfspool' || kind === 'btrfs' || (type === 'VM' && kind === 'dir' && volume.endsWith('.qcow2'));

const unique = (names: string[] | undefined): string[] => [...new Set(names)];

const when = (holds: boolean, code: string, detail: string): Reason[] => (holds ? [{ code, detail }] : []);

const list = (names: string[] | null | undefined, code: string, detail: string): Reason[] =>
  when(!!names?.length, code, `${detail} ${names?.join(', ')}`);
