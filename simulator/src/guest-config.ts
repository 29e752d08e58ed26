import { createHash } from 'node:crypto';
import type { ConfigValue, Disk, Guest, GuestType } from './guest.ts';

export interface ConfigSeed {
  vmid: number;
  type: GuestType;
  name: string;
  cores: number;
  sockets: number;
  memBytes: number;
  disks: Disk[];
  tags: string[];
  template: boolean;
  storageType: (storage: string) => string;
}

const MIB = 1_048_576;
const TAG = /^[a-z0-9_][a-z0-9_+.-]*$/i;
/** Storages that keep images as files: their volume ids carry a folder and a suffix. */
const FILE_STORAGES = new Set(['dir', 'nfs', 'cifs', 'btrfs', 'cephfs', 'glusterfs']);

/** The flat key -> value map that GET .../config answers: VM memory is a string, CT memory an integer. */
export function buildConfig(seed: ConfigSeed): Map<string, ConfigValue> {
  const config = new Map<string, ConfigValue>(seed.type === 'qemu' ? vmEntries(seed) : containerEntries(seed));
  seed.disks.forEach((disk, index) => {
    const mount = seed.type === 'lxc' && disk.key !== 'rootfs' ? `,mp=/mnt/${disk.key}` : '';
    config.set(disk.key, `${volumeId(seed, disk, index)}${mount},size=${sizeText(disk.sizeBytes)}`);
  });
  if (seed.tags.length > 0) config.set('tags', normaliseTags(seed.tags).join(';'));
  if (seed.template) config.set('template', 1);
  return config;
}

export interface TagStyle {
  caseSensitive: boolean;
  keepOrder: boolean;
}

/** Tags are lower-cased, de-duplicated and sorted, unless the datacenter's tag-style says otherwise. */
export function normaliseTags(tags: string[], style?: TagStyle): string[] {
  const unique = [...new Set(style?.caseSensitive ? tags : tags.map((tag) => tag.toLowerCase()))];
  return style?.keepOrder ? unique : unique.sort();
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** SHA-1 over the configuration file: changes with any edit. */
export function digestOf(guest: Guest): string {
  const hash = createHash('sha1');
  for (const [key, value] of [...guest.config].sort(([left], [right]) => (left < right ? -1 : 1))) {
    hash.update(`${key}: ${value}\n`);
  }
  for (const [key, value] of guest.pending) hash.update(`pending ${key}: ${value}\n`);
  return hash.update(`lock: ${guest.lock ?? ''}\n`).digest('hex');
}

function vmEntries(seed: ConfigSeed): [string, ConfigValue][] {
  const boot = seed.disks[0]?.key;
  return [
    ['name', seed.name],
    ['agent', '1'],
    ['cores', seed.cores],
    ['sockets', seed.sockets],
    ['memory', String(Math.round(seed.memBytes / MIB))],
    ['ostype', 'l26'],
    ['scsihw', 'virtio-scsi-single'],
    ...(boot ? [['boot', `order=${boot}`] as [string, string]] : []),
    ['net0', `virtio=${mac(seed.vmid)},bridge=vmbr0`],
    ['smbios1', `uuid=${uuid(seed.vmid, 1)}`],
    ['vmgenid', uuid(seed.vmid, 2)],
  ];
}

function containerEntries(seed: ConfigSeed): [string, ConfigValue][] {
  return [
    ['hostname', seed.name],
    ['arch', 'amd64'],
    ['cores', seed.cores],
    ['memory', Math.round(seed.memBytes / MIB)],
    ['swap', 512],
    ['ostype', 'debian'],
    ['unprivileged', 1],
    ['net0', `name=eth0,bridge=vmbr0,hwaddr=${mac(seed.vmid)},ip=dhcp,type=veth`],
  ];
}

function volumeId(seed: ConfigSeed, disk: Disk, index: number): string {
  const kind = seed.storageType(disk.storage);
  if (kind === 'zfspool' && seed.type === 'lxc') return `${disk.storage}:subvol-${seed.vmid}-disk-${index}`;
  if (!FILE_STORAGES.has(kind)) return `${disk.storage}:vm-${seed.vmid}-disk-${index}`;
  const suffix = seed.type === 'qemu' ? 'qcow2' : 'raw';
  return `${disk.storage}:${seed.vmid}/vm-${seed.vmid}-disk-${index}.${suffix}`;
}

function sizeText(bytes: number): string {
  const gib = bytes / (1024 * MIB);
  return Number.isInteger(gib) ? `${gib}G` : `${Math.round(bytes / MIB)}M`;
}

function mac(vmid: number): string {
  const tail = vmid.toString(16).toUpperCase().padStart(6, '0').slice(-6);
  return `BC:24:11:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4)}`;
}

function uuid(vmid: number, salt: number): string {
  const hex = createHash('sha1').update(`${vmid}/${salt}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `a;b`, or nothing when the guest has no tags. */
export function tagsOf(guest: Guest): string | undefined {
  const tags = guest.config.get('tags');
  return tags === undefined || tags === '' ? undefined : String(tags);
}
