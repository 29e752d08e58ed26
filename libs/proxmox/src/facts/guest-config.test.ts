import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GuestConfig } from '../decode/guest.ts';
import { readConfigFacts } from './guest-config.ts';

const vm = (config: Record<string, string | number>) => readConfigFacts('qemu', config);
const ct = (config: Record<string, string | number>) => readConfigFacts('lxc', config);

test.each([
  ['cores alone', vm({ cores: 4 }), 4],
  ['sockets times cores', vm({ sockets: 2, cores: 8 }), 16],
  ['nothing said', vm({}), 1],
  ['fewer plugged in than there could be', vm({ sockets: 2, cores: 8, vcpus: 6 }), 6],
  ['numbers as text', vm({ sockets: '2', cores: '2' }), 4],
  ['a container with cores', ct({ cores: 3, cpulimit: '1' }), 3],
  ['a container with a limit', ct({ cpulimit: '1.5' }), 1.5],
  ['a container without any limit', ct({ cpulimit: '0' }), null],
  ['a container that says nothing', ct({}), null],
])('vCPUs: %s', (_, facts, vcpus) => {
  expect(facts.vcpus).toBe(vcpus);
});

describe('disks', () => {
  test.each([
    ['32G', 32],
    ['512M', 0.5],
    ['2T', 2048],
    ['528K', 528 / 2 ** 20],
    ['1073741824', 1],
    ['1.5G', 1.5],
    ['lots', null],
  ])('size=%s', (size, gib) => {
    expect(vm({ scsi0: `ceph1:vm-1-disk-0,size=${size}` }).disks[0]?.size_gb).toBe(gib);
  });

  test.each([
    ['an image on a CD drive', { ide2: 'local:iso/debian.iso,media=cdrom,size=4G' }, [['local', true]]],
    ['an empty drive', { ide2: 'none,media=cdrom' }, []],
    ['a cloud-init drive', { ide2: 'local-lvm:vm-211-cloudinit,media=cdrom' }, [['local-lvm', false]]],
    ['the same as a file', { ide2: 'nfs:9/vm-9-cloudinit.qcow2,media=cdrom' }, [['nfs', false]]],
    ['an image in a storage of that name', { ide2: 'cloudinit:iso/a.iso,media=cdrom' }, [['cloudinit', true]]],
    [
      'EFI and TPM',
      { efidisk0: 'a:1,size=4M', tpmstate0: 'b:2,size=4M' },
      [
        ['a', false],
        ['b', false],
      ],
    ],
    ['one that is not attached', { unused0: 'ceph1:vm-1-disk-9' }, [['ceph1', false]]],
    ['a disk of the host', { scsi1: '/dev/disk/by-id/ata-X:1' }, []],
    [
      'the root volume and a mount',
      { rootfs: 'a:1,size=8G', mp0: 'b:2,mp=/x' },
      [
        ['a', false],
        ['b', false],
      ],
    ],
    [
      'a source with its name, wherever it stands',
      { scsi0: 'size=8G,file=a:1', ide2: 'file=b:iso/x.iso,media=cdrom' },
      [
        ['a', false],
        ['b', true],
      ],
    ],
    ['the same of a container', { rootfs: 'volume=a:1,size=8G' }, [['a', false]]],
    ['no disk at all', { net0: 'virtio=AA:BB:CC:DD:EE:FF', scsihw: 'virtio-scsi-pci' }, []],
  ])('%s', (_, config, disks) => {
    expect(vm(config).disks.map((disk) => [disk.storage, disk.is_cdrom])).toEqual(disks);
  });

  test('a cloud-init drive without a size is a small one', () => {
    expect(vm({ ide2: 'local-lvm:vm-2-cloudinit,media=cdrom' }).disks[0]?.size_gb).toBeCloseTo(2 ** -8);
  });

  test('those of the host pin the guest, files of the host as well', () => {
    const config = { scsi1: '/dev/sdb,size=1T', virtio2: 'file=/dev/sdc', sata0: '/srv/old.raw' };
    expect(vm(config).localDisks).toMatchObject({
      is_pinned: true,
      passthrough_count: 3,
      passthrough_disks: [
        { key: 'scsi1', device: '/dev/sdb', type: 'scsi' },
        { key: 'virtio2', device: '/dev/sdc', type: 'virtio' },
        { key: 'sata0', device: '/srv/old.raw', type: 'sata' },
      ],
    });
    const mounts = { mp0: '/srv,mp=/srv', mp1: '/dev/sdb1,mp=/raw' };
    expect(ct(mounts).localDisks.passthrough_disks).toMatchObject([{ key: 'mp1' }]);
  });
});

test.each([
  ['a PCI device', { hostpci0: '0000:01:00.0,pcie=1' }, ['hostpci0']],
  ['a USB device', { usb0: 'host=064f:2af9' }, ['usb0']],
  ['a USB port of the viewer', { usb0: 'spice', usb1: 'host=Spice,usb3=1' }, []],
  ['a serial socket', { serial0: 'socket' }, []],
  ['a serial port', { serial0: '/dev/ttyS0' }, ['serial0']],
  ['a parallel port', { parallel0: '/dev/parport0' }, ['parallel0']],
  ['shared memory', { ivshmem: 'size=32' }, ['ivshmem']],
  ['a screen', { vga: 'serial0' }, []],
  ['the CD drive of the host', { ide2: 'file=cdrom,media=cdrom' }, ['ide2']],
  ['a device in the arguments of QEMU', { args: '-device vfio-pci,host=01:00.0' }, ['args']],
  ['harmless arguments', { args: '-object rng-random,filename=/dev/urandom -smbios type=1' }, []],
])('bound to its host by %s', (_, config: Record<string, string>, keys) => {
  expect(vm(config)).toMatchObject({ localDevices: keys, liveBlockers: [] });
});

test('bound only while it runs: by what other hosts may have, and by what QEMU can not take along', () => {
  const mapped = { hostpci0: 'mapping=gpu,pcie=1', usb0: 'mapping=dongle', virtiofs0: 'dirid=data' };
  const live = { vga: 'std,clipboard=vnc', 'amd-sev': 'snp' };
  expect(vm({ ...mapped, ...live })).toMatchObject({
    localDevices: [],
    liveBlockers: ['hostpci0', 'usb0', 'virtiofs0', 'vga', 'amd-sev'],
  });
});

const mounted = (...entries: string[]) => JSON.stringify(entries.map((entry) => ['lxc.mount.entry', entry]));

test.each([
  ['a device', { dev0: '/dev/dri/renderD128' }, ['dev0']],
  ['a device mounted by hand', { lxc: mounted('/dev/dri dev/dri none bind,optional,create=dir') }, ['lxc']],
  ['a folder mounted by hand', { lxc: mounted('tmpfs tmp tmpfs', '/srv/media media none bind') }, ['lxc']],
  ['what every host has', { lxc: mounted('/dev/net dev/net none bind', '/dev/fuse dev/fuse none bind') }, []],
  ['another line by hand', { lxc: JSON.stringify([['lxc.apparmor.profile', 'unconfined']]) }, []],
  ['a root that is a folder', { rootfs: '/srv/root' }, ['rootfs']],
  ['a root that is a shared folder', { rootfs: '/mnt/nas/root,shared=1' }, []],
  ['what only machines know', { vga: 'std,clipboard=vnc', args: '/dev/sda' }, []],
])('a container bound to its host by %s', (_, config: Record<string, string>, keys) => {
  expect(ct(config)).toMatchObject({ localDevices: keys, liveBlockers: [] });
});

test('mounts of a container: volumes, shared folders and folders of one host', () => {
  const { mountPoints } = ct({
    mp0: 'ceph1:vm-1-disk-1,mp=/data,size=8G',
    mp1: '/mnt/nas,mp=/nas,shared=1',
    mp2: '/srv,mp=/srv,ro=1',
    mp3: '/dev/sdb1,mp=/raw',
  });
  expect(mountPoints).toMatchObject({
    mount_count: 4,
    has_storage_mount: true,
    has_shared_mount: true,
    has_unshared_bind_mount: true,
  });
  expect(mountPoints.mount_points.map((point) => [point.key, point.is_bind_mount, point.mount_path])).toEqual([
    ['mp0', false, '/data'],
    ['mp1', true, '/nas'],
    ['mp2', true, '/srv'],
    ['mp3', false, '/raw'],
  ]);
  expect(vm({ mp0: '/srv,mp=/srv' }).mountPoints.has_mount_points).toBe(false);
});

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'fixtures/proxmox',
);
if (!existsSync(folder)) console.warn(`SKIPPED: no recorded configurations in ${folder} (set PROXBALANCE_SHARED)`);

describe.skipIf(!existsSync(folder))('as recorded', () => {
  const read = (name: string) => {
    const answer = JSON.parse(readFileSync(join(folder, `qemu-config-${name}.json`), 'utf8'));
    return readConfigFacts('qemu', GuestConfig.parse(answer.data).raw);
  };

  test.each([
    ['102-clusterbalance-8.4', 2, ['ide2', 'scsi0'], []],
    ['111-clusterbalance-8.4', 16, ['efidisk0', 'ide0', 'ide2', 'scsi0', 'scsi1', 'tpmstate0'], []],
    ['171-clusterbalance-8.4', 2, ['scsi0'], []],
    ['208-clusterbalance-8.4', 4, ['sata0'], []],
    ['500-clusterbalance-8.4', 4, ['efidisk0', 'ide0', 'sata0'], ['usb0']],
    ['pvecli-9.2.2', 2, ['ide2', 'scsi0'], []],
    ['stopped-pvecli-9.2.2', 2, ['ide2', 'scsi0'], []],
  ])('%s', (name, vcpus, disks, devices) => {
    const facts = read(name);
    expect(facts.vcpus).toBe(vcpus);
    expect(facts.disks.map((disk) => disk.key).sort()).toEqual(disks);
    expect(facts.disks.every((disk) => disk.size_gb !== null && disk.size_gb > 0)).toBe(true);
    expect(facts.localDevices).toEqual(devices);
  });
});

test.each([
  [{ memory: '4096', balloon: 1024 }, 1],
  [{ memory: 'current=4096', balloon: 2048 }, 2],
  [{ balloon: 256 }, 0.25],
  [{ memory: '4096', balloon: 4096 }, null],
  [{ memory: '4096', balloon: 0 }, null],
  [{ memory: '4096' }, null],
] as [Record<string, string | number>, number | null][])('memory may be taken back: %j', (config, gib) => {
  expect(readConfigFacts('qemu', config).balloonGib).toBe(gib);
});

test.each([
  [{ cpu: 'host', agent: '1' }, 'host', true],
  [{ cpu: 'cputype=x86-64-v3,flags=+aes', agent: 'enabled=1,fstrim_cloned_disks=1' }, 'x86-64-v3', true],
  [{ cpu: 'host,hidden=1', agent: '0' }, 'host', false],
  [{ agent: '1,type=virtio' }, null, true],
  [{}, null, false],
] as [Record<string, string>, string | null, boolean][])('CPU type and agent: %j', (config, cpuModel, agentEnabled) => {
  expect(readConfigFacts('qemu', config)).toMatchObject({ cpuModel, agentEnabled, hasSnapshots: false });
});

test('name and memory, as machines and containers write them', () => {
  expect(vm({ name: 'web', memory: '2048' })).toMatchObject({ name: 'web', memoryGib: 2 });
  expect(ct({ hostname: 'mail', memory: 512 })).toMatchObject({ name: 'mail', memoryGib: 0.5 });
  expect(vm({})).toMatchObject({ name: null, memoryGib: null });
});

test('a guest with a snapshot has a parent; containers have neither agent nor balloon', () => {
  expect(readConfigFacts('lxc', { parent: 'before', memory: 512 })).toMatchObject({
    hasSnapshots: true,
    agentEnabled: null,
    cpuModel: null,
    balloonGib: null,
  });
});
