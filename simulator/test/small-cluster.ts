import { createClock } from '../src/clock.ts';
import { readWorld } from '../src/cluster-file.ts';
import type { Guest } from '../src/guest.ts';
import type { PveVersion } from '../src/pve-version.ts';
import type { Node, World } from '../src/world.ts';

const GIB = 1_073_741_824;
/** 2026-09-29 12:00:00 UTC. */
export const NOON_MS = Date.UTC(2026, 8, 29, 12);

const STORAGES = [
  { storage: 'ceph1', type: 'rbd', shared: true },
  { storage: 'local-zfs', type: 'zfspool', shared: false, total_bytes: 1024 * GIB, used_bytes: 200 * GIB },
];

/** Three nodes and one guest of each kind that behaves differently. */
export const SMALL_CLUSTER = {
  name: 'lab',
  nodes: ['pve1', 'pve2', 'pve3'].map((name) => ({ name, cores: 16, mem_bytes: 64 * GIB, storages: STORAGES })),
  guests: [
    guest(100, { tags: ['Web', 'prod'] }),
    guest(101, { disks: [{ key: 'scsi0', storage: 'local-zfs', size_bytes: 8 * GIB }] }),
    guest(102, { config: { hostpci0: '0000:01:00.0' } }),
    guest(103, { ha: 'started' }),
    guest(104, { ha: 'started', node: 'pve2' }),
    guest(105, { status: 'stopped' }),
    guest(106, { status: 'stopped', disks: [{ key: 'scsi0', storage: 'local-zfs', size_bytes: 4 * GIB }] }),
    guest(201, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1', size_bytes: 8 * GIB }] }),
    guest(202, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1' }], config: { mp0: '/srv/data,mp=/data' } }),
  ],
};

export function guest(vmid: number, more: object = {}) {
  return {
    vmid,
    name: `guest-${vmid}`,
    type: 'qemu',
    node: 'pve1',
    cores: 2,
    mem_bytes: 4 * GIB,
    load: { cpu: 0.5, mem_used_bytes: 2 * GIB, net_in_bps: 1000, disk_write_bps: 500, dirty_bytes_per_s: 10_000_000 },
    disks: [{ key: 'scsi0', storage: 'ceph1', size_bytes: 16 * GIB }],
    ...more,
  };
}

/** A world whose clock only moves when told to. */
export function smallWorld(more: object = {}, pve: PveVersion = '9.2'): World {
  const clock = createClock(NOON_MS, 1e-9);
  return readWorld({ ...SMALL_CLUSTER, ...more }, { clock, seed: 1, pve, warn: () => {} });
}

export function guestIn(world: World, vmid: number): Guest {
  const found = world.guests.get(vmid);
  if (!found) throw new Error(`no guest ${vmid}`);
  return found;
}

export function nodeIn(world: World, name: string): Node {
  const found = world.nodes.get(name);
  if (!found) throw new Error(`no node ${name}`);
  return found;
}
