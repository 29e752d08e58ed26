import { expect, test } from 'vitest';
import { ask } from '../../test/ask.ts';
import { guest, guestIn, smallWorld } from '../../test/small-cluster.ts';
import { addFault } from '../faults.ts';
import { isRunning } from '../placement.ts';
import { interruptTask, type Task } from '../tasks.ts';
import type { World } from '../world.ts';

function migrate(world: World, vmid: number, more: object = {}): Task {
  const answer = ask(world, 'POST', `/nodes/pve1/lxc/${vmid}/migrate`, { target: 'pve2', restart: 1, ...more });
  return world.tasks.get(String(answer.data)) as Task;
}

const plain = (task: Task) => task.log.map((line) => line.replace(/^[\d-]{10} [\d:]{8} /, '@ '));

test('a running container is shut down, moved and started, with the log of vzmigrate', () => {
  const world = smallWorld();
  const task = migrate(world, 201);
  world.clock.advance(1);
  expect([guestIn(world, 201).lock, isRunning(guestIn(world, 201))]).toEqual(['migrate', true]);
  world.clock.advance(2);
  expect(isRunning(guestIn(world, 201))).toBe(false);
  world.clock.advance(10);
  expect([task.exitstatus, guestIn(world, 201).node, isRunning(guestIn(world, 201))]).toEqual(['OK', 'pve2', true]);
  expect(plain(task)).toEqual([
    '@ shutdown CT 201',
    "@ starting migration of CT 201 to node 'pve2' (10.0.0.12)",
    "@ volume 'ceph1:vm-201-disk-0' is on shared storage 'ceph1'",
    '@ start final cleanup',
    '@ start container on target node',
    "@ # /usr/bin/ssh -e none -o 'BatchMode=yes' -o 'HostKeyAlias=pve2' root@10.0.0.12 pct start 201",
    expect.stringMatching(/^@ migration finished successfully \(duration 00:00:0\d\)$/),
    'TASK OK',
  ]);
});

test('without restart it is refused before there is a task', () => {
  const answer = ask(smallWorld(), 'POST', '/nodes/pve1/lxc/201/migrate', { target: 'pve2' });
  expect(answer).toMatchObject({
    status: 500,
    message: "can't migrate running container without --online or --restart",
  });
});

test('online is accepted and fails in the task', () => {
  const world = smallWorld();
  const task = migrate(world, 201, { restart: 0, online: 1 });
  world.clock.advance(5);
  expect([task.exitstatus, isRunning(guestIn(world, 201))]).toEqual(['migration aborted', true]);
});

test('a bind mount pins it', () => {
  const world = smallWorld();
  const task = migrate(world, 202);
  world.clock.advance(5);
  expect(task.exitstatus).toBe('migration aborted');
  expect(task.log.join()).toContain("cannot migrate local bind mount point 'mp0'");
  expect(isRunning(guestIn(world, 202))).toBe(true);
});

test('a lock is found out in the task only', () => {
  const world = smallWorld();
  addFault(world, { kind: 'lock', vmid: 201, lock: 'backup' });
  const task = migrate(world, 201);
  expect(task.log.join()).toContain('CT is locked (backup)');
  expect([task.exitstatus, guestIn(world, 201).lock]).toEqual(['migration aborted', 'backup']);
});

test('a failure after the shutdown starts it again on the source', () => {
  const world = smallWorld();
  addFault(world, { kind: 'migration-fails', vmid: 201, phase: 'phase1' });
  const task = migrate(world, 201);
  world.clock.advance(10);
  expect([task.exitstatus, guestIn(world, 201).node, isRunning(guestIn(world, 201))]).toEqual([
    'migration aborted',
    'pve1',
    true,
  ]);
  expect(plain(task)).toContain('@ start container on source node');
});

test('another type of storage on the target is refused', () => {
  const storages = [
    { storage: 'ceph1', type: 'rbd' },
    { storage: 'local-zfs', type: 'zfspool' },
  ];
  const other = [
    { storage: 'ceph1', type: 'rbd' },
    { storage: 'local-zfs', type: 'lvmthin' },
  ];
  const world = smallWorld({
    nodes: [
      { name: 'pve1', cores: 8, mem_bytes: 1e11, storages },
      { name: 'pve2', cores: 8, mem_bytes: 1e11, storages: other },
    ],
    guests: [guest(201, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'local-zfs' }] })],
  });
  const task = migrate(world, 201);
  world.clock.advance(10);
  expect(task.log.join()).toContain("cannot migrate from storage type 'zfspool' to 'lvmthin'");
});

test.each([
  ['lvmthin', 'pve1'],
  ['zfspool', 'pve2'],
])('with a snapshot on %s it ends on %s, running', (type, node) => {
  const storages = [{ storage: 'local', type }];
  const world = smallWorld({
    nodes: ['pve1', 'pve2'].map((name) => ({ name, cores: 8, mem_bytes: 1e11, storages })),
    guests: [
      guest(201, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'local' }], snapshots: [{ name: 'before' }] }),
    ],
  });
  const task = migrate(world, 201);
  world.clock.advance(60);
  expect([guestIn(world, 201).node, isRunning(guestIn(world, 201))]).toEqual([node, true]);
  expect(task.log.join().includes('non-migratable snapshot exists')).toBe(node === 'pve1');
});

test('a stop signal while it is down brings it back', () => {
  const world = smallWorld({
    guests: [guest(201, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'local-zfs', size_bytes: 50e9 }] })],
  });
  const task = migrate(world, 201);
  world.clock.advance(10);
  interruptTask(task);
  world.clock.advance(5);
  expect([task.exitstatus, guestIn(world, 201).node, isRunning(guestIn(world, 201))]).toEqual([
    'migration aborted',
    'pve1',
    true,
  ]);
});

test('a target that dies on the way does not get it', () => {
  const world = smallWorld();
  addFault(world, { kind: 'target-dies', vmid: 201 });
  const task = migrate(world, 201);
  world.clock.advance(20);
  expect([task.exitstatus, guestIn(world, 201).node, isRunning(guestIn(world, 201))]).toEqual([
    'migration aborted',
    'pve1',
    true,
  ]);
});

test('a shutdown that takes longer than the timeout leaves it running', () => {
  const world = smallWorld();
  const task = migrate(world, 201, { timeout: 1 });
  world.clock.advance(10);
  expect([task.exitstatus, isRunning(guestIn(world, 201))]).toEqual(['migration aborted', true]);
});
