import type { Guest, Movable, Node } from '@proxbalance/contracts';

type Facts = Pick<Guest, 'unknown' | 'template' | 'lock' | 'local_disks' | 'local_devices' | 'mount_points' | 'disks'>;

/** What holds for a guest because of where it is. */
export type Surroundings = {
  nodeStatus: Node['status'];
  /** null: not known */
  quorate: boolean | null;
  /** Whether its node is known not to have a storage at hand. */
  isStorageDown: (storage: string) => boolean;
};

/** For who looks at the guest alone, and at the cluster in other ways. */
const allWell: Surroundings = { nodeStatus: 'online', quorate: true, isStorageDown: () => false };

/** Whether Proxmox could move this guest at all. Placement rules are another matter. */
export function deriveMovable(guest: Facts, around: Surroundings = allWell): Movable {
  const reasons: Movable['reasons'] = [];
  const because = (code: string, detail: string) => reasons.push({ code, detail });
  addSurroundings(guest, around, because);
  const unknown = [...guest.unknown, ...(around.quorate === null ? ['quorum'] : [])];
  if (unknown.length > 0) because('unknown', `could not be read: ${unknown.join(', ')}`);
  if (guest.template) because('template', 'is a template');
  if (guest.lock) because('locked', `is locked (${guest.lock})`);
  const passthrough = guest.local_disks?.passthrough_disks.map((disk) => disk.key) ?? [];
  if (passthrough.length > 0) because('passthrough_disk', `uses disks of its host: ${passthrough.join(', ')}`);
  const devices = guest.local_devices ?? [];
  if (devices.length > 0) because('passthrough_device', `uses devices of its host: ${devices.join(', ')}`);
  const binds = guest.mount_points?.mount_points.filter((point) => point.is_bind_mount && !point.is_shared) ?? [];
  if (binds.length > 0)
    because('unshared_bind_mount', `mounts folders of its host: ${binds.map((point) => point.source).join(', ')}`);
  const media = guest.disks?.filter((disk) => disk.is_cdrom && disk.is_shared !== true) ?? [];
  if (media.length > 0)
    because('local_cdrom', `has a medium of local storage inserted: ${media.map((disk) => disk.volume).join(', ')}`);
  return { online: reasons.length === 0, offline: reasons.length === 0, reasons };
}

/** A node that is down moves nothing, a cluster without quorum writes nothing, a disk that is not there is not copied. */
function addSurroundings(
  { disks }: Facts,
  { nodeStatus, quorate, isStorageDown }: Surroundings,
  because: (code: string, detail: string) => void,
): void {
  if (nodeStatus === 'offline') because('node_offline', 'its node is offline');
  if (nodeStatus === 'unknown') because('node_unknown', 'the state of its node is not known');
  if (quorate === false) because('no_quorum', 'the cluster has no quorum');
  const down = [...new Set(disks?.map((disk) => disk.storage).filter(isStorageDown))];
  if (down.length > 0) because('storage_unavailable', `its node can not use ${down.join(', ')}`);
}
