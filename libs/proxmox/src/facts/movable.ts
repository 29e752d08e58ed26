import type { Guest, Movable } from '@proxbalance/contracts';

type Facts = Pick<Guest, 'unknown' | 'template' | 'lock' | 'local_disks' | 'local_devices' | 'mount_points' | 'disks'>;

/** Whether Proxmox could move this guest at all. Placement rules are another matter; a node that is down moves nothing. */
export function deriveMovable(guest: Facts, node: { isOffline: boolean } = { isOffline: false }): Movable {
  const reasons: Movable['reasons'] = [];
  const because = (code: string, detail: string) => reasons.push({ code, detail });
  if (node.isOffline) because('node_offline', 'its node is offline');
  if (guest.unknown.length > 0) because('unknown', `could not be read: ${guest.unknown.join(', ')}`);
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
