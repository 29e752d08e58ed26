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
>;

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

/** Takes a reason that holds a guest always, or only while it runs. */
type Because = (code: string, detail: string, onlyRunning?: boolean) => void;

/**
 * Whether Proxmox could move this guest at all. Where to is another matter. `haHold`: why the HA manager would not let it go,
 * or bring it back; null: it would let it go, or does not manage it.
 */
export function deriveMovable(guest: Facts, around: Surroundings, haHold: string | null = null): Movable {
  const movable: Movable = { online: true, offline: true, reasons: [] };
  const because: Because = (code, detail, onlyRunning = false) => {
    movable.online = false;
    if (!onlyRunning) movable.offline = false;
    movable.reasons.push({ code, detail });
  };
  addSurroundings(guest, around, because);
  if (guest.template) because('template', 'is a template');
  if (guest.lock) because('locked', `is locked (${guest.lock})`);
  if (haHold) because('ha_hold', haHold);
  addHost(guest, because);
  addLocalDisks(guest, around, because);
  return movable;
}

/** A node that is down moves nothing, a cluster without quorum writes nothing, a disk that is not there is not copied. */
function addSurroundings({ disks, unknown }: Facts, around: Surroundings, because: Because): void {
  const { nodeStatus, quorate, isStorageDown } = around;
  if (nodeStatus === 'offline') because('node_offline', 'its node is offline');
  if (nodeStatus === 'unknown') because('node_unknown', 'the state of its node is not known');
  if (quorate === false) because('no_quorum', 'the cluster has no quorum');
  const down = disks?.filter(({ storage }) => isStorageDown(storage)) ?? [];
  if (down.length > 0) because('storage_unavailable', `its node can not use ${storagesOf(down)}`);
  const unread = quorate === null ? [...unknown, 'quorum'] : unknown;
  if (unread.length > 0) because('unknown', `could not be read: ${unread.join(', ')}`);
}

/** What it uses of its host, and other hosts do not have. */
function addHost({ local_disks, local_devices, live_blockers, mount_points, disks }: Facts, because: Because): void {
  const add = (names: readonly string[] | null | undefined, code: string, text: string, onlyRunning?: boolean) => {
    if (names && names.length > 0) because(code, `${text} ${names.join(', ')}`, onlyRunning);
  };
  const binds = mount_points?.mount_points.filter((point) => point.is_bind_mount && !point.is_shared);
  const media = disks?.filter((disk) => disk.is_cdrom && disk.is_shared !== true);
  add(
    local_disks?.passthrough_disks.map(({ key }) => key),
    'passthrough_disk',
    'uses disks of its host:',
  );
  add(local_devices, 'passthrough_device', 'uses devices of its host:');
  add(live_blockers, 'passthrough_device', 'can not be moved while it runs with', true);
  add(
    binds?.map(({ source }) => source),
    'unshared_bind_mount',
    'mounts folders of its host:',
  );
  add(
    media?.map(({ volume }) => volume),
    'local_cdrom',
    'has a medium of local storage inserted:',
  );
}

/** Kinds of local storage that Proxmox copies disks from. */
const copied = ['dir', 'btrfs', 'zfspool', 'lvmthin', 'lvm'];

/** Local disks are copied along, but not from everywhere. */
function addLocalDisks(guest: Facts, { storageType }: Surroundings, because: Because): void {
  const local = guest.disks?.filter((disk) => !disk.is_cdrom && disk.is_shared === false) ?? [];
  if (local.length === 0) return;
  const odd = local.filter(({ storage }) => !copied.includes(storageType(storage) ?? 'dir'));
  if (odd.length > 0) because('local_storage', `its disks can not be copied from ${storagesOf(odd)}`);
  const clones = local.filter(({ volume }) => isLinkedClone(volume));
  if (clones.length > 0) because('linked_clone', `is a linked clone on local storage: ${volumesOf(clones)}`);
  if (guest.has_snapshots) addSnapshots(guest.type, local, storageType, because);
}

/** A running machine never takes them along. One that is off does from some storages, and a container is off for the move. */
function addSnapshots(
  type: Guest['type'],
  local: Disks,
  storageType: Surroundings['storageType'],
  because: Because,
): void {
  // The cloud-init drive is written anew.
  const kept = local.filter(({ volume }) => !isCloudInit(volume));
  const stuck = kept.filter((disk) => !takesSnapshotsAlong(type, storageType(disk.storage), disk.volume));
  const holding = type === 'VM' ? kept : stuck;
  if (holding.length === 0) return;
  because('local_snapshot', `has snapshots of disks on local storage: ${volumesOf(holding)}`, stuck.length === 0);
}

/** A kind of storage that is not known takes none. */
const takesSnapshotsAlong = (type: Guest['type'], kind: string | undefined, volume: string): boolean =>
  kind === 'zfspool' || kind === 'btrfs' || (type === 'VM' && kind === 'dir' && volume.endsWith('.qcow2'));

type Disks = NonNullable<Guest['disks']>;

const volumesOf = (disks: Disks): string => disks.map(({ volume }) => volume).join(', ');

const storagesOf = (disks: Disks): string => [...new Set(disks.map(({ storage }) => storage))].join(', ');
