import type { Guest, Node } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aGuest, aNode, aStorage } from '../../../../libs/engine/src/testing/build.ts';
import { judgeStorage, type StoragePlan } from './storage-verdict.ts';

type Disk = NonNullable<Guest['disks']>[number];

const disk = (parts: Partial<Disk> = {}): Disk => ({
  key: 'scsi0',
  storage: 'ceph',
  volume: 'ceph:vm-100-disk-0',
  size_gb: 32,
  is_cdrom: false,
  is_shared: true,
  ...parts,
});
const local = (parts: Partial<Disk> = {}) => disk({ storage: 'fast', is_shared: false, ...parts });
const iso = (storage: string, is_shared: boolean | null) =>
  disk({ key: 'ide2', storage, volume: `${storage}:iso/a.iso`, size_gb: 1, is_cdrom: true, is_shared });
const cloudInit = local({ key: 'ide2', volume: 'fast:vm-100-cloudinit', size_gb: 2 ** -8 });

const target = (storage: Partial<Node['storage'][number]>[], parts: Partial<Node> = {}): Node =>
  aNode({ name: 'pve2', ...parts, storage: storage.map(aStorage) });
const ceph = {};
const fast = { storage: 'fast', shared: false, avail_gb: 100 };
const isos = { storage: 'isos', content: 'iso,vztmpl' };

const judge = (disks: Disk[], on: Node, parts: Partial<Guest> = {}) => judgeStorage(aGuest({ disks, ...parts }), [on]);

describe('fits', () => {
  test.each<[string, Disk[], Node, Partial<Guest>]>([
    ['a disk on shared storage', [disk()], target([ceph]), {}],
    ['a full shared storage, for nothing is copied', [disk()], target([{ avail_gb: 0 }]), {}],
    ['a local disk that has room', [local()], target([fast]), {}],
    ['local disks that fill it exactly', [local(), local({ key: 'scsi1', size_gb: 68 })], target([fast]), {}],
    ['a container', [disk({ key: 'rootfs' })], target([{ content: 'rootdir' }]), { type: 'CT' }],
    ['a medium of shared storage', [disk(), iso('isos', true)], target([ceph, isos]), {}],
    ['a cloud-init drive', [disk(), cloudInit], target([ceph, fast]), {}],
    ['no disk at all', [], target([]), {}],
    ['an empty drive', [disk({ key: 'ide2', storage: '', volume: 'none', is_cdrom: true })], target([]), {}],
    ['where it is, full as that may be', [local()], target([{ ...fast, avail_gb: 0 }]), { node: 'pve2' }],
  ])('%s', (_, disks, on, parts) => {
    expect(judge(disks, on, parts)).toMatchObject({ compatible_targets: ['pve2'], incompatible_targets: [] });
  });
});

describe('does not fit', () => {
  test.each<[string, Disk[], Node, Partial<Guest>, string, string, string[]]>([
    ['a storage that is not there', [local()], target([ceph]), {}, 'fast', 'not on pve2', ['fast']],
    ['one that is not active', [disk()], target([{ active: false }]), {}, 'ceph', 'not active on pve2', ['ceph']],
    [
      'a node whose storage could not be read',
      [disk()],
      target([], { unknown: ['storage'] }),
      {},
      'ceph',
      'could not be read',
      ['ceph'],
    ],
    ['a storage that takes no disks of VMs', [disk()], target([{ content: 'rootdir,iso' }]), {}, 'ceph', 'images', []],
    ['or of containers', [disk()], target([{ content: 'images' }]), { type: 'CT' }, 'ceph', 'rootdir', []],
    ['too little room', [local({ size_gb: 101 })], target([fast]), {}, 'fast', '100.0 GiB are free on fast, 101.0', []],
    [
      'too little room for all together',
      [local({ size_gb: 60 }), local({ key: 'scsi1', size_gb: 60 })],
      target([fast]),
      {},
      'fast',
      '120.0 are wanted',
      [],
    ],
    ['a size nobody knows', [local({ size_gb: null })], target([fast]), {}, 'fast', 'size of scsi0', []],
    ['sharing nobody knows of', [disk({ is_shared: null })], target([ceph]), {}, 'ceph', 'whether it is shared', []],
    ['a medium of local storage', [iso('isos', false)], target([isos]), {}, 'isos', 'ide2 holds a medium', []],
    ['a medium whose storage is not there', [iso('isos', true)], target([ceph]), {}, 'isos', 'not on pve2', ['isos']],
    ['a cloud-init drive without room', [cloudInit], target([{ ...fast, avail_gb: 0 }]), {}, 'fast', '0.0 GiB', []],
  ])('%s', (_, disks, on, parts, storage, reason, missing_storage) => {
    const { compatible_targets, incompatible_targets } = judge(disks, on, parts);
    expect(compatible_targets).toEqual([]);
    expect(incompatible_targets).toEqual([
      { node: 'pve2', missing_storage, reasons: [{ storage, reason: expect.stringContaining(reason) }] },
    ]);
  });
});

describe('a target that is not online', () => {
  test.each(['offline', 'unknown'] as const)('%s takes nothing, whatever its rows still say', (status) => {
    const on = target([ceph, fast], { status });
    const reason = status === 'offline' ? 'pve2 is offline' : 'the state of pve2 is not known';
    expect(judge([disk(), local()], on)).toMatchObject({
      compatible_targets: [],
      incompatible_targets: [
        {
          missing_storage: ['ceph', 'fast'],
          reasons: [
            { storage: 'ceph', reason },
            { storage: 'fast', reason },
          ],
        },
      ],
    });
    expect(judge([], on)).toMatchObject({ compatible_targets: [], incompatible_targets: [{ reasons: [{ reason }] }] });
  });
});

describe('disks that go to another storage', () => {
  const slow = { storage: 'slow', type: 'dir', shared: false, avail_gb: 50 };
  const types: Record<string, string> = { fast: 'lvmthin', slow: 'dir', other: 'lvmthin' };
  const plan = (map: Record<string, string>): StoragePlan => ({ map, typeOf: (storage) => types[storage] });
  const judgeWith = (map: Record<string, string>, disks: Disk[], on: Node, parts: Partial<Guest> = {}) => {
    const { incompatible_targets } = judgeStorage(aGuest({ disks, ...parts }), [on], plan(map));
    return incompatible_targets.map(({ missing_storage, reasons }) => [
      missing_storage,
      reasons.map((one) => one.reason),
    ]);
  };

  test('fit where theirs is not', () => {
    expect(judgeWith({ fast: 'slow' }, [local()], target([slow]))).toEqual([]);
    expect(judgeWith({}, [local()], target([slow]))).toEqual([[['fast'], ['fast is not on pve2']]]);
  });

  test('stay on shared storage, as Proxmox ignores a map for that', () => {
    expect(judgeWith({ ceph: 'slow' }, [disk()], target([ceph, { ...slow, avail_gb: 0 }]))).toEqual([]);
  });

  test('share the room there with others', () => {
    const both = [local(), local({ key: 'scsi1', storage: 'other' })];
    const full = '50.0 GiB are free on slow, 64.0 are wanted';
    expect(judgeWith({ fast: 'slow', other: 'slow' }, both, target([slow]))).toEqual([[[], [full, full]]]);
    const ontoShared = target([{ avail_gb: 1 }]);
    const wanted = '1.0 GiB are free on ceph, 32.0 are wanted';
    expect(judgeWith({ fast: 'ceph' }, [disk({ key: 'scsi2' }), local()], ontoShared)).toEqual([[[], [wanted]]]);
  });

  test('need one that is there, and takes them', () => {
    expect(judgeWith({ fast: 'gone' }, [local()], target([fast]))).toEqual([[['gone'], ['gone is not on pve2']]]);
    const isosOnly = target([{ ...slow, content: 'iso' }]);
    expect(judgeWith({ fast: 'slow' }, [local()], isosOnly)).toEqual([[[], ['slow takes no images on pve2']]]);
  });

  test('keep the type of their storage unless they are of a running VM', () => {
    const own: Partial<Guest>[] = [{ status: 'stopped' }, { type: 'CT' }];
    const content = 'images,rootdir';
    for (const parts of own) {
      const refused = judgeWith({ fast: 'slow' }, [local()], target([{ ...slow, content }]), parts);
      expect(refused).toEqual([[[], ['only a running VM can go from lvmthin to dir']]]);
      const other = target([{ ...slow, storage: 'other', type: 'lvmthin', content }]);
      expect(judgeWith({ fast: 'other' }, [local()], other, parts)).toEqual([]);
    }
    const unheard = local({ storage: 'unheard' });
    expect(judgeWith({ unheard: 'slow' }, [unheard], target([slow]), { status: 'stopped' })).toEqual([
      [[], ['only a running VM can go from a type nobody knows to dir']],
    ]);
  });
});

test.each<[string, Partial<Guest>]>([
  ['disks that are not known', { disks: null }],
  ['a configuration that could not be read', { unknown: ['config'] }],
])('%s fit nowhere, and it says why', (_, parts) => {
  expect(judgeStorage(aGuest(parts), [target([ceph]), aNode({ name: 'pve3' })])).toMatchObject({
    type: 'qemu',
    storage_volumes: [],
    compatible_targets: [],
    incompatible_targets: [{ node: 'pve2' }, { node: 'pve3' }],
    error: 'its configuration could not be read',
  });
});

test('targets are told apart, and storages named once', () => {
  const guest = aGuest({ disks: [local(), local({ key: 'scsi1' }), disk({ key: 'scsi2' })] });
  const verdict = judgeStorage(guest, [target([ceph, fast]), aNode({ name: 'pve3', storage: [aStorage(ceph)] })]);
  expect(verdict).toMatchObject({
    storage_volumes: ['ceph', 'fast'],
    compatible_targets: ['pve2'],
    incompatible_targets: [{ node: 'pve3', missing_storage: ['fast'] }],
  });
  expect(verdict.error).toBeUndefined();
});
