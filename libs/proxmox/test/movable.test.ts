import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveMovable, type Proxmox, readConfigFacts, waitForTask } from '../src/index.ts';
import { client } from './client.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/* Written by two hands: what we say of a guest, and what becomes of it when its migration is tried. */

const gib = 2 ** 30;
const store = (storage: string, type: string, shared = false) => ({
  ...{ storage, type, shared, total_bytes: 100 * gib },
  content: ['images', 'rootdir', 'iso'],
});
const node = (name: string) => ({
  name,
  cores: 16,
  mem_bytes: 64 * gib,
  storages: [store('ceph1', 'rbd', true), store('thin', 'lvmthin'), store('zfs', 'zfspool'), store('dir', 'dir')],
});

type Case = { type?: 'lxc'; on?: string; off?: true; snapshots?: { name: string }[]; lock?: string; config?: object };
const snapshots = [{ name: 'before' }];
const cases: [name: string, is: Case, movable: boolean][] = [
  ['a machine on shared storage', {}, true],
  ['a machine on a thin pool', { on: 'thin' }, true],
  ['its snapshot on shared storage', { snapshots }, true],
  ['its snapshot on ZFS', { on: 'zfs', snapshots }, false],
  ['its snapshot on ZFS, off', { on: 'zfs', snapshots, off: true }, true],
  ['its snapshot on a thin pool, off', { on: 'thin', snapshots, off: true }, false],
  ['a PCI device', { config: { hostpci0: '0000:01:00.0' } }, false],
  ['a PCI device, off', { config: { hostpci0: '0000:01:00.0' }, off: true }, false],
  ['a mapped device', { config: { hostpci0: 'mapping=gpu' } }, false],
  ['a USB device', { config: { usb0: 'host=1234:5678' } }, false],
  ['a USB port of the viewer', { config: { usb0: 'spice' } }, true],
  ['a serial port', { config: { serial0: '/dev/ttyS0' } }, false],
  ['a serial socket', { config: { serial0: 'socket' } }, true],
  ['shared memory', { config: { ivshmem: 'size=32' } }, false],
  ['a VNC clipboard', { config: { vga: 'std,clipboard=vnc' } }, false],
  ['a VNC clipboard, off', { config: { vga: 'std,clipboard=vnc' }, off: true }, true],
  ['a medium of local storage', { config: { ide2: 'dir:iso/a.iso,media=cdrom' } }, false],
  ['a medium of local storage, off', { config: { ide2: 'dir:iso/a.iso,media=cdrom' }, off: true }, false],
  ['a medium of shared storage', { config: { ide2: 'ceph1:iso/a.iso,media=cdrom' } }, true],
  ['an empty drive', { config: { ide2: 'none,media=cdrom' } }, true],
  ['a local cloud-init drive', { config: { ide2: 'thin:vm-1-cloudinit,media=cdrom' } }, true],
  ['a lock', { lock: 'backup' }, false],
  ['a container on shared storage', { type: 'lxc' }, true],
  ['a container on a thin pool', { type: 'lxc', on: 'thin' }, true],
  ['its snapshot on ZFS, a container', { type: 'lxc', on: 'zfs', snapshots }, true],
  ['its snapshot on a thin pool, a container', { type: 'lxc', on: 'thin', snapshots }, false],
  ['a folder of the host', { type: 'lxc', config: { mp0: '/srv,mp=/srv' } }, false],
  ['a folder of the host, off', { type: 'lxc', config: { mp0: '/srv,mp=/srv' }, off: true }, false],
  ['a folder that is everywhere', { type: 'lxc', config: { mp0: '/nas,mp=/nas,shared=1' } }, true],
];

const guests = cases.map(([name, { type = 'qemu', on = 'ceph1', off, ...more }], index) => ({
  vmid: 100 + index,
  name: name.replaceAll(/[^a-z]+/gi, '-'),
  node: 'pve1',
  type,
  cores: 1,
  mem_bytes: gib / 4,
  status: off ? 'stopped' : 'running',
  disks: [{ key: type === 'lxc' ? 'rootfs' : 'scsi0', storage: on, size_bytes: gib / 4 }],
  ...more,
}));

let simulator: Simulator;
let proxmox: Proxmox & AsyncDisposable;

beforeAll(async () => {
  simulator = await startSimulator({ name: 'lab', nodes: [node('pve1'), node('pve2')], guests }, ['--speed', '60']);
  proxmox = client(simulator.options.hosts, { ...simulator.options, timeoutMs: 10_000 });
});
afterAll(async () => {
  await proxmox.close();
  await simulator[Symbol.asyncDispose]();
});

/** As the collector takes it, from nothing but what Proxmox answers. */
const movableOf = async (vmid: number): Promise<boolean> => {
  const { guests: rows, storages } = await proxmox.clusterResources();
  const row = rows.find((one) => one.vmid === vmid);
  if (!row) throw new Error(`no guest ${vmid}`);
  const facts = readConfigFacts(row.kind, (await proxmox.guestConfig(row.node, row.kind, vmid)).raw);
  const storage = new Map(storages.map((one) => [one.storage, one]));
  const about = {
    ...{ type: row.kind === 'qemu' ? ('VM' as const) : ('CT' as const), unknown: [] },
    ...{ template: row.template, lock: row.lock, has_snapshots: facts.hasSnapshots },
    ...{ local_disks: facts.localDisks, local_devices: facts.localDevices, live_blockers: facts.liveBlockers },
    mount_points: facts.mountPoints,
    disks: facts.disks.map((disk) => ({ ...disk, is_shared: storage.get(disk.storage)?.shared ?? null })),
  };
  const { online, offline } = deriveMovable(about, {
    ...{ nodeStatus: 'online', quorate: true, isStorageDown: () => false },
    storageType: (name) => storage.get(name)?.type ?? undefined,
  });
  return row.status === 'running' ? online : offline;
};

/** Whether it arrives. Wherever it is then, it runs if it ran before. */
const arrives = async (vmid: number): Promise<boolean> => {
  const before = (await proxmox.clusterResources()).guests.find((row) => row.vmid === vmid);
  if (!before) throw new Error(`no guest ${vmid}`);
  const { kind, status } = before;
  const move = { node: 'pve1', kind, vmid, target: 'pve2', online: status === 'running', restart: true };
  const upid = await proxmox.migrateGuest({ ...move, withLocalDisks: true }).catch(() => null);
  if (upid === null) return false;
  await waitForTask(proxmox, upid, { pollMs: 20 });
  const after = (await proxmox.clusterResources()).guests.find((row) => row.vmid === vmid);
  const state = await proxmox.guestStatus(after?.node ?? '', kind, vmid);
  expect(state.status).toBe(status);
  return after?.node === 'pve2';
};

test.concurrent.each(cases.map(([name, , movable], index) => [name, 100 + index, movable] as const))(
  '%s',
  async (_, vmid, movable) => {
    expect(await movableOf(vmid)).toBe(movable);
    expect(await arrives(vmid)).toBe(movable);
  },
);
