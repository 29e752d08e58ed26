/** A drive or mount of a configuration, taken apart. */
export type Volume = { key: string; source: string; options: string[] };

export const diskKey = /^(scsi|ide|virtio|sata|efidisk|tpmstate|unused)\d+$|^rootfs$|^mp\d+$/;

/**
 * `storage:volume,option=…`, `/dev/…` or `none`. The source may carry its name, `file=` or with containers `volume=`, and
 * then stand anywhere.
 */
export function readVolume(key: string, value: string): Volume {
  const parts = value.split(',');
  const at = Math.max(
    0,
    parts.findIndex((part) => /^(file|volume)=/.test(part)),
  );
  const source = (parts[at] ?? '').replace(/^(file|volume)=/, '');
  return { key, source, options: parts.filter((_, index) => index !== at) };
}

/** The storage of a volume; null for a path on the host and for an empty drive. */
export function storageOf({ source }: Volume): string | null {
  const colon = source.indexOf(':');
  return colon > 0 && !source.startsWith('/') ? source.slice(0, colon) : null;
}

/** The drive that Proxmox writes for cloud-init: moved with the guest, though it is called a CD. */
export const isCloudInit = (volume: string): boolean => /[:/]vm-\d+-cloudinit(\.|$)/.test(volume);

/** A volume that is only what differs from a template's: `zfs:base-9-disk-0/vm-1-disk-0`, `dir:9/base-9-disk-0.raw/1/vm-1-disk-0.qcow2`. */
export const isLinkedClone = (volume: string): boolean => /[:/]base(vol)?-\d+-[^/]+\//.test(volume);

const unitGib: Record<string, number> = { K: 2 ** -20, M: 2 ** -10, G: 1, T: 2 ** 10, '': 2 ** -30 };

/** As configured, GiB; null when nothing is said. A cloud-init drive without a size has 4 MiB. */
export function sizeGib({ source, options }: Volume): number | null {
  const size = options.find((option) => option.startsWith('size='))?.slice(5) ?? (isCloudInit(source) ? '4M' : '');
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size);
  return match ? Number(match[1]) * (unitGib[match[2] ?? ''] ?? 0) : null;
}
