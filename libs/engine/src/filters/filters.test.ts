import { defaultPenalties, type Guest, type Node } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { type Problem, problemOf, type RecommendInput } from '../recommend/problem.ts';
import { aCluster, aGuest, aNode, aStorage, noMountPoints, withTags } from '../testing/build.ts';
import type { Placed } from './filter.ts';
import { atEase, refusal } from './guest/registry.ts';
import { objection } from './target/registry.ts';

const bound = {
  ...noMountPoints(),
  has_mount_points: true,
  has_unshared_bind_mount: true,
  mount_points: [
    { key: 'mp0', config: '/srv', is_bind_mount: true, source: '/srv', mount_path: '/srv', is_shared: false },
  ],
};
const passthrough: Guest['local_disks'] = {
  passthrough_disks: [{ key: 'scsi1', device: '/dev/sdb', type: 'scsi' }],
  has_passthrough: true,
  is_pinned: true,
  pinned_reason: 'disk of the host',
  passthrough_count: 1,
  total_pinned_disks: 1,
};
const task = (type: string, id: string) => ({
  upid: 'u',
  node: 'pve1',
  type,
  id,
  user: 'root@pam',
  started_at: '2026-02-08T10:00:00Z',
});
const because = (code: string): Guest['movable'] => ({
  online: false,
  offline: false,
  reasons: [{ code, detail: 'why' }],
});

const onlyOff: Guest['movable'] = { ...because('passthrough_device'), offline: true };

const setting = (
  guest: Partial<Guest>,
  nodes: Node[],
  input: Partial<RecommendInput> = {},
): { placed: Placed; problem: Problem } => {
  const one = aGuest(guest);
  const problem = problemOf({
    snapshot: aCluster(nodes, [one]),
    thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
    config: defaultPenalties(),
    maintenanceNodes: [],
    ...input,
  });
  const source = problem.state.byName.get(one.node);
  if (!source) throw new Error('the guest needs a node');
  return { placed: { guest: one, source }, problem };
};

describe('a guest on a node that stays', () => {
  const rows: [given: string, guest: Partial<Guest>, reason: string | undefined][] = [
    ['free to move', {}, undefined],
    ['tagged ignore', { tags: withTags('ignore') }, 'has_ignore_tag'],
    ['with unread tags', { tags: null }, 'unknown_state'],
    ['with an unread part', { unknown: ['config'] }, 'unknown_state'],
    ['of unknown status', { status: 'unknown' }, 'unknown_state'],
    ['managed by HA', { ha_managed: true }, 'ha_managed'],
    ['with unread HA state', { ha_managed: null }, 'unknown_state'],
    ['stopped', { status: 'stopped' }, 'stopped'],
    ['paused', { status: 'paused' }, 'stopped'],
    ['a template', { template: true, status: 'stopped' }, 'template'],
    ['locked by a backup', { lock: 'backup' }, 'locked'],
    ['with a disk of the host', { local_disks: passthrough }, 'passthrough_disk'],
    ['with a device of the host', { local_devices: ['hostpci0'] }, 'passthrough_device'],
    ['a container with an unshared bind mount', { type: 'CT', mount_points: bound }, 'unshared_bind_mount'],
    ['a container with unread mounts', { type: 'CT', mount_points: null }, 'unknown_state'],
    ['a machine without mounts', { type: 'VM', mount_points: null }, undefined],
    ['immovable for a reason of its own', { movable: because('passthrough_device') }, 'passthrough_device'],
    ['with snapshots of local disks', { movable: because('local_snapshot') }, 'local_snapshot'],
    ['held by the HA manager', { movable: because('ha_hold') }, 'ha_hold'],
    ['immovable for a reason we do not know', { movable: because('odd') }, 'unknown_state'],
    ['immovable for no reason', { movable: { online: false, offline: true, reasons: [] } }, 'unknown_state'],
  ];
  test.each(rows)('%s → %s', (_given, guest, reason) => {
    const { placed, problem } = setting(guest, [aNode()]);
    expect(refusal(placed, problem)?.reason).toBe(reason);
  });

  test.each([
    ['offline', 'unknown_state'],
    ['unknown', 'unknown_state'],
  ] as const)('and is %s → %s', (status, reason) => {
    const { placed, problem } = setting({}, [aNode({ status })]);
    expect(refusal(placed, problem)?.reason).toBe(reason);
  });
});

describe('a guest on a node in maintenance', () => {
  const rows: [given: string, guest: Partial<Guest>, reason: string | undefined][] = [
    ['tagged ignore', { tags: withTags('ignore') }, undefined],
    ['managed by HA', { ha_managed: true }, undefined],
    ['stopped', { status: 'stopped' }, undefined],
    [
      'a container with an unshared bind mount',
      { type: 'CT', mount_points: bound, movable: because('unshared_bind_mount') },
      undefined,
    ],
    ['with what holds it only while it runs', { movable: onlyOff }, 'passthrough_device'],
    ['stopped, with the same', { status: 'stopped', movable: onlyOff }, undefined],
    ['held by the HA manager', { ha_managed: true, movable: because('ha_hold') }, 'ha_hold'],
    ['paused', { status: 'paused' }, 'stopped'],
    ['with an unread part', { unknown: ['config'] }, 'unknown_state'],
    ['with a disk of the host', { local_disks: passthrough }, 'passthrough_disk'],
    ['with a device of the host', { local_devices: ['usb0'] }, 'passthrough_device'],
    ['locked', { lock: 'snapshot' }, 'locked'],
  ];
  test.each(rows)('%s → %s', (_given, guest, reason) => {
    const { placed, problem } = setting(guest, [aNode()], { maintenanceNodes: ['pve1'] });
    expect(refusal(placed, problem)?.reason).toBe(reason);
  });
});

describe('a guest that may be on its way', () => {
  test.each([
    ['qmigrate', '100', 'migrating'],
    ['hamigrate', '100', 'migrating'],
    ['qmigrate', '1000', undefined],
    ['vzdump', '100', undefined],
  ])('a %s task of guest %s → %s', (type, id, reason) => {
    const snapshot = aCluster([aNode()], [aGuest()], { running_tasks: [task(type, id)] });
    const { placed, problem } = setting({}, [aNode()], { snapshot });
    expect(refusal(placed, problem)?.reason).toBe(reason);
  });

  test.each(['tasks', 'ha'])('%s could not be read → nothing is done with it', (part) => {
    const { placed, problem } = setting({}, [aNode()], {
      snapshot: aCluster([aNode()], [aGuest()], { unknown: [part] }),
    });
    expect(refusal(placed, problem)?.reason).toBe('unknown_state');
  });
});

describe('a node as a source', () => {
  test.each([
    [59, 64, 'source_memory_healthy'],
    [60, 10, undefined],
    [10, 65, undefined],
  ])('at %d %% CPU and %d %% memory → %s', (cpu, mem, reason) => {
    const { placed, problem } = setting({}, [aNode({ cpu, mem })]);
    expect(atEase(placed, problem)?.reason).toBe(reason);
  });
});

describe('a node as a target', () => {
  const other = (parts: Parameters<typeof aNode>[0]) => aNode({ name: 'pve2', ...parts });
  const disk = { key: 'scsi0', storage: 'lvm', volume: 'v', size_gb: 100, is_cdrom: false, is_shared: false };
  const lvm = aStorage({ storage: 'lvm', shared: false, avail_gb: 150 });
  const rows: [given: string, node: Node, guest: Partial<Guest>, objection: string | null][] = [
    ['online and empty', other({}), {}, null],
    ['offline', other({ status: 'offline' }), {}, 'offline'],
    ['of unknown state', other({ status: 'unknown' }), {}, 'unknown'],
    ['put into maintenance through HA', other({ ha_state: 'maintenance' }), {}, 'maintenance'],
    ['unknown to HA', other({ ha_state: 'unknown' }), {}, 'HA'],
    ['with just enough memory', other({ mem: 82.5 }), {}, null],
    ['with too little memory', other({ mem: 83 }), {}, 'Memory'],
    ['with too little memory for what the guest uses', other({ mem: 82.5 }), { mem_used_gb: 9 }, 'Memory'],
    ['with too little memory, for a guest that does not run', other({ mem: 99 }), { status: 'stopped' }, null],
    ['without the storage', other({ storage: [] }), {}, 'not available'],
    ['with the storage inactive', other({ storage: [aStorage({ active: false })] }), {}, 'not available'],
    ['with unread storage', other({ unknown: ['storage'] }), {}, 'could not be read'],
    ['whose storage takes no disks', other({ storage: [aStorage({ content: 'iso,backup' })] }), {}, 'no disks'],
    ['with room for a local disk', other({ storage: [lvm] }), { disks: [disk] }, null],
    [
      'without room for two local disks',
      other({ storage: [lvm] }),
      { disks: [disk, { ...disk, key: 'scsi1' }] },
      'GiB free',
    ],
    ['for a disk of unknown size', other({ storage: [lvm] }), { disks: [{ ...disk, size_gb: null }] }, 'Size'],
    [
      'for a disk that may or may not be shared',
      other({ storage: [lvm] }),
      { disks: [{ ...disk, is_shared: null }] },
      'shared',
    ],
    ['for a container with a local disk', other({ storage: [lvm] }), { type: 'CT', disks: [disk] }, 'container'],
    [
      'for an ISO it does not have',
      other({}),
      { disks: [{ ...disk, storage: 'iso', is_cdrom: true }] },
      'not available',
    ],
    ['for an empty drive', other({}), { disks: [{ ...disk, storage: '', is_cdrom: true }] }, null],
  ];
  test.each([
    ['exclude_db', 'not shown'],
    ['affinity_db', null],
  ])('where a guest may be that nobody is shown, for one tagged %s', (tag, expected) => {
    const guest = { tags: withTags(tag) };
    const snapshot = aCluster([aNode(), other({})], [aGuest(guest)], { unknown: ['guests'] });
    const { placed, problem } = setting(guest, [aNode(), other({})], { snapshot });
    const target = problem.state.byName.get('pve2');
    const said = target ? objection(placed, target, problem) : 'no target';
    if (expected === null) expect(said).toBeNull();
    else expect(said).toContain(expected);
  });

  test.each(rows)('%s', (_given, node, guest, expected) => {
    const { placed, problem } = setting(guest, [aNode(), node]);
    const target = problem.state.byName.get('pve2');
    const said = target ? objection(placed, target, problem) : 'no target';
    if (expected === null) expect(said).toBeNull();
    else expect(said).toContain(expected);
  });
});
