import { expect, test } from 'vitest';
import { readConfigFacts } from './guest-config.ts';
import { deriveMovable, type Surroundings } from './movable.ts';

type Facts = Parameters<typeof deriveMovable>[0];

const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  nodeStatus: 'online',
  quorate: true,
  isStorageDown: () => false,
  storageType: (storage) => ({ zfs: 'zfspool', dir: 'dir', odd: 'odd', 'local-lvm': 'lvmthin' })[storage],
  ...more,
});

const movableOf = (guest: Facts, surroundings = around(), haHold: string | null = null) =>
  deriveMovable(guest, surroundings, haHold);

const facts = (more: Partial<Facts> = {}, config: Record<string, string> = {}): Facts => {
  const kind = config.rootfs ? 'lxc' : 'qemu';
  const { localDisks, localDevices, liveBlockers, mountPoints, disks, hasSnapshots } = readConfigFacts(kind, config);
  return {
    type: kind === 'lxc' ? 'CT' : 'VM',
    unknown: [],
    template: false,
    lock: null,
    local_disks: localDisks,
    local_devices: localDevices,
    live_blockers: liveBlockers,
    mount_points: mountPoints,
    has_snapshots: hasSnapshots,
    disks: disks.map((disk) => ({ ...disk, is_shared: disk.storage.startsWith('shared') })),
    ...more,
  };
};

test('a plain guest can be moved, with its local disks, its cloud-init drive and shared mounts', () => {
  const config = {
    scsi0: 'local-lvm:vm-1-disk-0,size=8G',
    ide2: 'shared:iso/a.iso,media=cdrom',
    ide3: 'local-lvm:vm-1-cloudinit,media=cdrom',
    efidisk0: 'local-lvm:vm-1-disk-1,size=4M',
  };
  expect(movableOf(facts({}, config))).toEqual({ online: true, offline: true, reasons: [] });
  const mounts = { rootfs: 'shared:1,size=8G', mp0: '/nas,mp=/nas,shared=1', mp1: 'shared:2,mp=/data' };
  expect(movableOf(facts({}, mounts)).reasons).toEqual([]);
});

test.each([
  ['unknown', facts({ unknown: ['config', 'ha'] }), 'config, ha'],
  ['template', facts({ template: true }), 'template'],
  ['locked', facts({ lock: 'suspended' }), 'suspended'],
  ['passthrough_disk', facts({}, { scsi1: '/dev/sdb' }), 'scsi1'],
  ['passthrough_device', facts({}, { hostpci0: '01:00' }), 'hostpci0'],
  ['unshared_bind_mount', facts({}, { rootfs: 'shared:1', mp0: '/srv,mp=/srv' }), '/srv'],
  ['local_cdrom', facts({}, { ide2: 'local:iso/a.iso,media=cdrom' }), 'local:iso/a.iso'],
  ['local_storage', facts({}, { scsi0: 'odd:vm-1-disk-0' }), 'odd'],
  ['linked_clone', facts({}, { scsi0: 'zfs:base-9-disk-0/vm-1-disk-0' }), 'zfs:base-9'],
  ['linked_clone', facts({}, { rootfs: 'zfs:basevol-9-disk-0/subvol-1-disk-0' }), 'zfs:basevol-9'],
  ['linked_clone', facts({}, { scsi0: 'dir:9/base-9-disk-0.raw/1/vm-1-disk-0.qcow2' }), 'dir:9'],
])('%s: it stays, and says why', (code, guest, detail) => {
  expect(movableOf(guest)).toEqual({
    online: false,
    offline: false,
    reasons: [{ code, detail: expect.stringContaining(detail) }],
  });
});

test('what the HA manager holds stays', () => {
  expect(movableOf(facts(), around(), 'it is in state error')).toEqual({
    online: false,
    offline: false,
    reasons: [{ code: 'ha_hold', detail: 'it is in state error' }],
  });
});

test.each([
  ['a mapped device', { hostpci0: 'mapping=gpu' }, 'hostpci0'],
  ['a shared folder', { virtiofs0: 'dirid=data' }, 'virtiofs0'],
  ['a clipboard', { vga: 'std,clipboard=vnc' }, 'vga'],
])('%s holds a guest only while it runs', (_, config: Record<string, string>, detail) => {
  expect(movableOf(facts({}, config))).toEqual({
    online: false,
    offline: true,
    reasons: [{ code: 'passthrough_device', detail: expect.stringContaining(detail) }],
  });
});

const parent = { parent: 'before' };

test.each<[string, Record<string, string>, online: boolean, offline: boolean]>([
  ['on shared storage', { ...parent, scsi0: 'shared:vm-1-disk-0' }, true, true],
  ['on ZFS', { ...parent, scsi0: 'zfs:vm-1-disk-0' }, false, true],
  ['in a qcow2 file', { ...parent, scsi0: 'dir:1/vm-1-disk-0.qcow2' }, false, true],
  ['in a raw file', { ...parent, scsi0: 'dir:1/vm-1-disk-0.raw' }, false, false],
  ['on a thin pool', { ...parent, scsi0: 'local-lvm:vm-1-disk-0' }, false, false],
  ['on a thin pool and on ZFS', { ...parent, scsi0: 'local-lvm:vm-1-disk-0', scsi1: 'zfs:vm-1-disk-1' }, false, false],
  ['on a storage of unknown kind', { ...parent, scsi0: 'what:vm-1-disk-0' }, false, false],
  ['shared, with a local EFI disk', { ...parent, scsi0: 'shared:1', efidisk0: 'zfs:vm-1-disk-1' }, false, true],
  ['shared, with a local cloud-init drive', { ...parent, ide2: 'zfs:vm-1-cloudinit,media=cdrom' }, true, true],
  ['of a container on ZFS', { ...parent, rootfs: 'zfs:subvol-1-disk-0' }, true, true],
  ['of a container on a thin pool', { ...parent, rootfs: 'local-lvm:vm-1-disk-0' }, false, false],
  ['of a container in a file', { ...parent, rootfs: 'dir:1/vm-1-disk-0.raw' }, false, false],
])('snapshots of a disk %s', (_, config, online, offline) => {
  expect(movableOf(facts({}, config))).toMatchObject({ online, offline });
});

test('a medium on a storage nobody has heard of is not taken for a shared one', () => {
  const disks = facts({}, { ide2: 'gone:iso/a.iso,media=cdrom' }).disks?.map((disk) => ({ ...disk, is_shared: null }));
  expect(movableOf(facts({ disks: disks ?? null })).reasons).toMatchObject([{ code: 'local_cdrom' }]);
});

test('what was not read is a reason of its own, not a reason less', () => {
  const unread = { unknown: ['config'], local_disks: null, local_devices: null, mount_points: null, disks: null };
  expect(movableOf(facts(unread)).reasons).toMatchObject([{ code: 'unknown' }]);
});

test.each([
  ['node_offline', around({ nodeStatus: 'offline' }), 'offline'],
  ['node_unknown', around({ nodeStatus: 'unknown' }), 'not known'],
  ['no_quorum', around({ quorate: false }), 'no quorum'],
  ['unknown', around({ quorate: null }), 'could not be read: quorum'],
  ['storage_unavailable', around({ isStorageDown: (storage) => storage === 'shared' }), 'its node can not use shared'],
])('%s around it: it stays, and says why', (code, surroundings, detail) => {
  const config = {
    scsi0: 'shared:vm-1-disk-0,size=8G',
    scsi1: 'shared:vm-1-disk-1,size=8G',
    scsi2: 'local-lvm:1,size=8G',
  };
  expect(movableOf(facts({}, config), surroundings)).toEqual({
    online: false,
    offline: false,
    reasons: [{ code, detail: expect.stringMatching(new RegExp(`${detail}$`)) }],
  });
});

test('what is unknown is told once, in the guest and around it', () => {
  const { reasons } = movableOf(facts({ unknown: ['config'] }), around({ quorate: null }));
  expect(reasons).toEqual([{ code: 'unknown', detail: 'could not be read: config, quorum' }]);
});
