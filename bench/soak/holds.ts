import type { Fault, SimulatedGuest } from './simulator.ts';

/*
 * What keeps a guest where it is, worked out from the simulator's truth. Written for this check alone: what the product
 * thinks of it is what is being checked.
 */

/** Storages of the demo cluster that all its nodes share. */
const sharedStorages = new Set(['ceph1', 'nfs-backup']);

/** What holds it because of what goes on in the cluster. */
export function liveHolds(
  guest: SimulatedGuest,
  nodes: ReadonlyMap<string, string>,
  faults: readonly Fault[],
): string[] {
  const lost = new Set(
    faults
      .filter(({ kind, node }) => kind === 'storage-unavailable' && (node === undefined || node === guest.node))
      .map(({ storage }) => storage),
  );
  return [
    ...(nodes.get(guest.node) === 'offline' ? ['node offline'] : []),
    ...(guest.lock ? [`lock ${guest.lock}`] : []),
    ...(guest.template ? ['template'] : []),
    ...(volumes(guest).some(({ storage }) => lost.has(storage)) ? ['storage lost'] : []),
  ];
}

/** What holds it because of its configuration. */
export function configHolds(guest: SimulatedGuest): string[] {
  return Object.entries(guest.config).flatMap(([key, raw]) => {
    const value = String(raw);
    if (/^(hostpci|usb)\d/.test(key) && !value.includes('spice')) return [key];
    if (/^parallel\d/.test(key) || (/^serial\d/.test(key) && value.startsWith('/dev/'))) return [key];
    if (/^(scsi|virtio|sata|ide)\d/.test(key) && value.startsWith('/dev/')) return [key];
    if (/^mp\d/.test(key) && value.startsWith('/') && !value.includes('shared=1')) return [key];
    const isMedium = value.includes('media=cdrom') && !/^(none|cdrom)\b/.test(value) && !value.includes('cloudinit');
    return isMedium && !sharedStorages.has(value.split(':')[0] ?? '') ? [key] : [];
  });
}

const volumes = ({ config }: SimulatedGuest): { storage: string }[] =>
  Object.entries(config)
    .filter(
      ([key, value]) =>
        /^((scsi|virtio|sata|ide|mp|efidisk|tpmstate)\d+|rootfs)$/.test(key) && /^[\w-]+:/.test(String(value)),
    )
    .map(([, value]) => ({ storage: String(value).split(':')[0] ?? '' }));
