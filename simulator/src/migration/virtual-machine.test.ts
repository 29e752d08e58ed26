import { describe, expect, test } from 'vitest';
import { guest, guestIn, NOON_MS, nodeIn, smallWorld } from '../../test/small-cluster.ts';
import { addFault, removeFault } from '../faults.ts';
import { sampleGuest } from '../load-model.ts';
import { isRunning } from '../placement.ts';
import { interruptTask } from '../tasks.ts';
import type { World } from '../world.ts';
import { readStorageMap } from './plan.ts';
import { startVmMigration } from './virtual-machine.ts';

function migrate(world: World, vmid: number, more: object = {}) {
  const guest = guestIn(world, vmid);
  const online = isRunning(guest);
  return startVmMigration(world, {
    guest,
    source: nodeIn(world, guest.node),
    target: nodeIn(world, 'pve2'),
    owner: 'a@pve!main',
    online,
    restart: false,
    withLocalDisks: false,
    bwlimitKibps: null,
    storageMap: readStorageMap(undefined),
    timeoutS: 180,
    byHa: false,
    force: false,
    ...more,
  });
}

describe('a live migration', () => {
  test('locks at once, moves at the end, and counts from zero on the target', () => {
    const world = smallWorld();
    const guest = guestIn(world, 100);
    const task = migrate(world, 100);
    expect(task.upid).toMatch(/^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:qmigrate:100:a@pve!main:$/);
    expect(guest.lock).toBe('migrate');
    world.clock.advance(3);
    expect([guest.node, task.endMs]).toEqual(['pve1', null]);
    world.clock.advance(20);
    expect([guest.node, guest.lock, task.exitstatus]).toEqual(['pve2', null, 'OK']);
    expect(sampleGuest(guest, world.clock.nowMs()).uptimeS).toBeLessThan(22);
  });

  test('writes the log of PVE 9 line by line', () => {
    const world = smallWorld();
    const task = migrate(world, 100);
    world.clock.advance(30);
    const log = task.log.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '@ '));
    expect(log).toEqual([
      '@ conntrack state migration not supported or disabled, active connections might get dropped',
      "@ starting migration of VM 100 to node 'pve2' (10.0.0.12)",
      "@ starting VM 100 on remote node 'pve2'",
      '@ start remote tunnel',
      '@ ssh tunnel ver 1',
      '@ starting online/live migration on unix:/run/qemu-server/100.migrate',
      '@ set migration capabilities',
      '@ migration downtime limit: 100 ms',
      '@ migration cachesize: 512.0 MiB',
      '@ set migration parameters',
      '@ start migrate command to unix:/run/qemu-server/100.migrate',
      '@ migration active, transferred 1.1 GiB of 4.0 GiB VM-state, 1.1 GiB/s',
      expect.stringMatching(/^@ average migration speed: [\d.]+ [KMG]iB\/s - downtime \d+ ms$/),
      '@ migration completed, transferred 2.0 GiB VM-state',
      '@ migration status: completed',
      expect.stringMatching(/^@ migration finished successfully \(duration 00:00:0\d\)$/),
      'TASK OK',
    ]);
  });

  test('two at once share the network of their node', () => {
    const alone = smallWorld();
    const single = migrate(alone, 100);
    alone.clock.advance(60);
    const world = smallWorld();
    const first = migrate(world, 100, { target: nodeIn(world, 'pve2') });
    const second = migrate(world, 103, { target: nodeIn(world, 'pve3') });
    world.clock.advance(60);
    const lasted = (task: typeof first) => (task.endMs ?? 0) - task.startMs;
    expect(lasted(first)).toBeGreaterThan(lasted(single) + 500);
    expect(second.exitstatus).toBe('OK');
    expect(nodeIn(world, 'pve1').streams.size).toBe(0);
  });

  test('a bandwidth limit slows it down', () => {
    const world = smallWorld();
    const task = migrate(world, 100, { bwlimitKibps: 102_400 });
    world.clock.advance(120);
    expect((task.endMs ?? 0) - task.startMs).toBeGreaterThan(20_000);
    expect(task.log.some((line) => line.includes('100.0 MiB/s'))).toBe(true);
  });

  test('local disks are mirrored first, with percentages', () => {
    const world = smallWorld();
    const task = migrate(world, 101, { withLocalDisks: true });
    world.clock.advance(60);
    expect(task.exitstatus).toBe('OK');
    expect(task.log).toContainEqual(
      expect.stringMatching(/^mirror-scsi0: transferred 1\.1 GiB of 8\.0 GiB \(13\.74%\) in 1s$/),
    );
    expect(task.log).toContainEqual(
      expect.stringMatching(/^mirror-scsi0: transferred 8\.0 GiB of 8\.0 GiB \(100\.00%\) in \d+s, ready$/),
    );
    expect(task.log).toContain('mirror-scsi0: mirror-job finished');
  });

  test('jobs are called drive-… before PVE 9', () => {
    const world = smallWorld({}, '8.4');
    const task = migrate(world, 101, { withLocalDisks: true });
    world.clock.advance(60);
    expect(task.log).toContainEqual(expect.stringMatching(/^drive-scsi0: transferred/));
    expect(task.log.some((line) => line.includes('conntrack') || line.includes('migration completed'))).toBe(false);
  });

  test('a target storage is taken over into the config', () => {
    const world = smallWorld();
    migrate(world, 100, { storageMap: readStorageMap('ceph1:local-zfs'), withLocalDisks: true });
    world.clock.advance(60);
    expect(guestIn(world, 100).config.get('scsi0')).toBe('local-zfs:vm-100-disk-0,size=16G');
  });

  test('a machine that dirties faster than the network sends is given more downtime', () => {
    const world = smallWorld();
    const guest = guestIn(world, 100);
    guest.loads = guest.loads.map((change) => ({ ...change, load: { ...change.load, dirtyBytesPerS: 3e9 } }));
    const task = migrate(world, 100);
    world.clock.advance(200);
    expect(task.log).toContainEqual(expect.stringContaining('auto-increased downtime to continue migration: 200 ms'));
    expect(task.log).toContainEqual(expect.stringContaining('VM dirties lots of memory'));
    expect(task.exitstatus).toBe('OK');
  });
});

describe('an offline migration', () => {
  test('of shared disks is a matter of a moment', () => {
    const world = smallWorld();
    const task = migrate(world, 105);
    world.clock.advance(3);
    expect([task.exitstatus, guestIn(world, 105).node, isRunning(guestIn(world, 105))]).toEqual(['OK', 'pve2', false]);
  });

  test('copies local disks with the lines of ZFS', () => {
    const world = smallWorld();
    const task = migrate(world, 106);
    world.clock.advance(30);
    expect(task.exitstatus).toBe('OK');
    expect(task.log).toContainEqual(
      expect.stringMatching(/^\d\d:\d\d:\d\d +[\d.]+G +rpool\/data\/vm-106-disk-0@__migration__$/),
    );
  });
});

test('local devices of a machine that is off stay behind when forced, and only then', () => {
  const world = smallWorld({ guests: [guest(102, { status: 'stopped', config: { hostpci0: '0000:01:00.0' } })] });
  const refused = migrate(world, 102);
  world.clock.advance(10);
  expect([refused.exitstatus, guestIn(world, 102).node]).toEqual(['migration aborted', 'pve1']);
  const forced = migrate(world, 102, { force: true });
  world.clock.advance(10);
  expect([forced.exitstatus, guestIn(world, 102).node]).toEqual(['OK', 'pve2']);
  expect(forced.log[0]).toContain('migrating VM which uses local devices');
});

test.each([
  [
    'a mapped device',
    'running',
    { hostpci0: 'mapping=gpu' },
    "can't migrate to 'pve2': missing mapped devices hostpci0",
  ],
  ['a mapped device', 'stopped', { usb0: 'mapping=stick' }, "can't migrate to 'pve2': missing mapped devices usb0"],
  ['a VNC clipboard', 'running', { vga: 'std,clipboard=vnc' }, 'are not live migratable'],
  ['a VNC clipboard', 'stopped', { vga: 'std,clipboard=vnc' }, null],
])('with %s, %s', (_, status, config, reason) => {
  const world = smallWorld({ guests: [guest(102, { status, config })] });
  const task = migrate(world, 102);
  world.clock.advance(30);
  expect(guestIn(world, 102).node).toBe(reason === null ? 'pve2' : 'pve1');
  if (reason !== null) expect(task.log.join('\n')).toContain(reason);
});

describe('what goes wrong', () => {
  test.each([
    ['local devices', 102, {}, "can't migrate VM which uses local devices: hostpci0", 'migration aborted'],
    [
      'local disks not asked for',
      101,
      {},
      "can't live migrate attached local disks without with-local-disks option",
      'migration aborted',
    ],
  ])('%s', (_, vmid, more, text, status) => {
    const world = smallWorld();
    const task = migrate(world, vmid, more);
    world.clock.advance(10);
    expect(task.exitstatus).toBe(status);
    expect(task.log.join('\n')).toContain(text);
    expect([guestIn(world, vmid).node, guestIn(world, vmid).lock]).toEqual(['pve1', null]);
  });

  test.each([
    ['prepare', 'migration aborted', 'pve1'],
    ['phase1', 'migration aborted', 'pve1'],
    ['phase2', 'migration problems', 'pve1'],
    ['phase3', 'migration problems', 'pve2'],
  ])('asked to fail in %s it ends as %s on %s, and works the next time', (phase, status, node) => {
    const world = smallWorld();
    addFault(world, { kind: 'migration-fails', vmid: 100, phase, times: 1 });
    const task = migrate(world, 100);
    world.clock.advance(30);
    expect([task.exitstatus, guestIn(world, 100).node, guestIn(world, 100).lock]).toEqual([status, node, null]);
    expect(task.log.at(-1)).toBe(`TASK ERROR: ${status}`);
    expect(task.log.some((line) => line.includes(' ERROR: '))).toBe(true);
    expect(world.faults.size).toBe(0);
  });

  test('a stop signal in phase 2 cleans up and leaves the machine where it was', () => {
    const world = smallWorld();
    const task = migrate(world, 100);
    world.clock.advance(3.5);
    interruptTask(task);
    world.clock.advance(5);
    const tail = task.log.slice(-5).map((line) => line.replace(/^[\d-]+ [\d:]+ /, ''));
    expect(tail).toEqual([
      'ERROR: online migrate failure - interrupted by signal',
      'aborting phase 2 - cleanup resources',
      'migrate_cancel',
      expect.stringMatching(/^ERROR: migration finished with problems \(duration 00:00:0\d\)$/),
      'TASK ERROR: migration problems',
    ]);
    expect([guestIn(world, 100).node, guestIn(world, 100).lock, nodeIn(world, 'pve1').streams.size]).toEqual([
      'pve1',
      null,
      0,
    ]);
  });

  test('a stalled one lasts until the fault ends', () => {
    const world = smallWorld();
    const fault = addFault(world, { kind: 'migration-stalls', vmid: 100 });
    const task = migrate(world, 100);
    world.clock.advance(300);
    expect(task.endMs).toBeNull();
    expect(task.log.at(-1)).toContain('VM dirties lots of memory');
    removeFault(world, fault.id);
    world.clock.advance(60);
    expect(task.exitstatus).toBe('OK');
  });

  test('a worker that vanishes leaves its lock and no last word', () => {
    const world = smallWorld();
    addFault(world, { kind: 'task-vanishes', vmid: 100 });
    const task = migrate(world, 100);
    world.clock.advance(60);
    expect([task.exitstatus, guestIn(world, 100).lock, guestIn(world, 100).node]).toEqual([
      'unexpected status',
      'migrate',
      'pve1',
    ]);
    expect(task.log.at(-1)).not.toContain('TASK');
  });

  test('a target that dies on the way leaves the machine on the source', () => {
    const world = smallWorld();
    const fault = addFault(world, { kind: 'target-dies', vmid: 100 });
    const task = migrate(world, 100);
    world.clock.advance(60);
    expect([task.exitstatus, guestIn(world, 100).node]).toEqual(['migration problems', 'pve1']);
    expect(nodeIn(world, 'pve2').downSinceMs).not.toBeNull();
    removeFault(world, fault.id);
    expect(nodeIn(world, 'pve2').downSinceMs).toBeNull();
  });

  test('an offline target is not refused: the task dies of it', () => {
    const world = smallWorld();
    addFault(world, { kind: 'node-down', node: 'pve2' });
    const task = migrate(world, 100);
    world.clock.advance(10);
    expect(task.exitstatus).toBe('migration aborted');
    expect(task.log.join()).toContain("Can't connect to destination address using public key");
  });
});

test('times in the log are virtual', () => {
  const world = smallWorld();
  expect(migrate(world, 100).log[0]).toContain('2026-09-29 12:00:00 ');
  expect(Math.round(world.clock.nowMs())).toBe(NOON_MS);
});
