import { expect, test } from 'vitest';
import { readConfigFacts } from './guest-config.ts';
import { deriveMovable, type Surroundings } from './movable.ts';

type Facts = Parameters<typeof deriveMovable>[0];

const facts = (more: Partial<Facts> = {}, config: Record<string, string> = {}): Facts => {
  const { localDisks, localDevices, mountPoints, disks } = readConfigFacts(config.rootfs ? 'lxc' : 'qemu', config);
  return {
    unknown: [],
    template: false,
    lock: null,
    local_disks: localDisks,
    local_devices: localDevices,
    mount_points: mountPoints,
    disks: disks.map((disk) => ({ ...disk, is_shared: disk.storage.startsWith('shared') })),
    ...more,
  };
};

test('a plain guest can be moved, with its local disks and shared mounts', () => {
  const config = { scsi0: 'local-lvm:vm-1-disk-0,size=8G', ide2: 'shared:iso/a.iso,media=cdrom' };
  expect(deriveMovable(facts({}, config))).toEqual({ online: true, offline: true, reasons: [] });
  const mounts = { rootfs: 'shared:1,size=8G', mp0: '/nas,mp=/nas,shared=1', mp1: 'shared:2,mp=/data' };
  expect(deriveMovable(facts({}, mounts)).reasons).toEqual([]);
});

test.each([
  ['unknown', facts({ unknown: ['config', 'ha'] }), 'config, ha'],
  ['template', facts({ template: true }), 'template'],
  ['locked', facts({ lock: 'backup' }), 'backup'],
  ['passthrough_disk', facts({}, { scsi1: '/dev/sdb' }), 'scsi1'],
  ['passthrough_device', facts({}, { hostpci0: '01:00' }), 'hostpci0'],
  ['unshared_bind_mount', facts({}, { rootfs: 'shared:1', mp0: '/srv,mp=/srv' }), '/srv'],
  ['local_cdrom', facts({}, { ide2: 'local:iso/a.iso,media=cdrom' }), 'local:iso/a.iso'],
])('%s: it stays, and says why', (code, guest, detail) => {
  expect(deriveMovable(guest)).toEqual({
    online: false,
    offline: false,
    reasons: [{ code, detail: expect.stringContaining(detail) }],
  });
});

test('a medium on a storage nobody has heard of is not taken for a shared one', () => {
  const disks = facts({}, { ide2: 'gone:iso/a.iso,media=cdrom' }).disks?.map((disk) => ({ ...disk, is_shared: null }));
  expect(deriveMovable(facts({ disks: disks ?? null })).reasons).toMatchObject([{ code: 'local_cdrom' }]);
});

test('what was not read is a reason of its own, not a reason less', () => {
  const unread = { unknown: ['config'], local_disks: null, local_devices: null, mount_points: null, disks: null };
  expect(deriveMovable(facts(unread)).reasons).toMatchObject([{ code: 'unknown' }]);
});

const around = (more: Partial<Surroundings>): Surroundings => ({
  nodeStatus: 'online',
  quorate: true,
  isStorageDown: () => false,
  ...more,
});

test.each([
  ['node_offline', around({ nodeStatus: 'offline' }), 'offline'],
  ['node_unknown', around({ nodeStatus: 'unknown' }), 'not known'],
  ['no_quorum', around({ quorate: false }), 'no quorum'],
  ['unknown', around({ quorate: null }), 'could not be read: quorum'],
  ['storage_unavailable', around({ isStorageDown: (storage) => storage === 'shared' }), 'its node can not use shared'],
])('%s around it: it stays, and says why', (code, surroundings, detail) => {
  const config = { scsi0: 'shared:vm-1-disk-0,size=8G', scsi1: 'shared:vm-1-disk-1,size=8G', scsi2: 'local:1,size=8G' };
  expect(deriveMovable(facts({}, config), surroundings)).toEqual({
    online: false,
    offline: false,
    reasons: [{ code, detail: expect.stringMatching(new RegExp(`${detail}$`)) }],
  });
});

test('what is unknown is told once, in the guest and around it', () => {
  const { reasons } = deriveMovable(facts({ unknown: ['config'] }), around({ quorate: null }));
  expect(reasons).toEqual([{ code: 'unknown', detail: 'could not be read: config, quorum' }]);
});
