import { diskKey, readVolume } from './volumes.ts';

/** Why an entry of a configuration keeps the guest where it is. */
export type Hold = 'always' | 'while-running';

const deviceKey = /^(hostpci|usb|serial|parallel|dev)\d+$|^(hostpci|hostusb|ivshmem)$/;

/** Nodes that every host has: containers get them by hand to be a VPN or to use FUSE. */
const everywhere = /^\/(dev\/(net|fuse|kvm|null|zero|full|u?random)|proc|sys)(\/|$)/;

/**
 * Whether Proxmox would refuse to move the guest for it, or the guest would miss it elsewhere; null: neither. A mapped
 * device may exist on other hosts, but holds a running guest all the same.
 */
export function holdOf(kind: 'qemu' | 'lxc', key: string, value: string): Hold | null {
  if (diskKey.test(key)) return holdOfDrive(kind, key, value);
  if (kind === 'lxc') return holdOfContainer(key, value);
  if (key === 'vga') return value.includes('clipboard=vnc') ? 'while-running' : null;
  if (/^(virtiofs\d+|amd-sev|intel-tdx)$/.test(key)) return 'while-running';
  if (key === 'args') return /vfio|usb-host|\/dev\/(?!u?random|null|zero)/.test(value) ? 'always' : null;
  if (!deviceKey.test(key)) return null;
  if (key.startsWith('serial')) return value === 'socket' ? null : 'always';
  if (key.startsWith('usb') && /(^|,)(host=)?spice(,|$)/i.test(value)) return null;
  return /(^|,)mapping=/.test(value) ? 'while-running' : 'always';
}

/** The CD drive of the host; the root of a container that is a folder of it. */
function holdOfDrive(kind: 'qemu' | 'lxc', key: string, value: string): Hold | null {
  const { source, options } = readVolume(key, value);
  if (source === 'cdrom') return 'always';
  const isFolder = kind === 'lxc' && key === 'rootfs' && source.startsWith('/') && !source.startsWith('/dev/');
  return isFolder && !options.includes('shared=1') ? 'always' : null;
}

/** `devN`, and what is mounted by hand: `lxc.mount.entry: /dev/dri dev/dri none bind`. Proxmox looks at neither. */
function holdOfContainer(key: string, value: string): Hold | null {
  if (key !== 'lxc') return deviceKey.test(key) ? 'always' : null;
  const sources = rawEntries(value).flatMap(([name, text]) =>
    name === 'lxc.mount.entry' ? (text.trim().split(/\s+/)[0] ?? '') : [],
  );
  return sources.some((source) => source.startsWith('/') && !everywhere.test(source)) ? 'always' : null;
}

/** `[["lxc.mount.entry", "…"], …]` as text. */
function rawEntries(value: string): [string, string][] {
  try {
    const entries: unknown = JSON.parse(value);
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry) => (Array.isArray(entry) ? [[String(entry[0]), String(entry[1])]] : []));
  } catch {
    return [];
  }
}
