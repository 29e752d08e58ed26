import { describe, expect, test } from 'vitest';
import { migrationProgress } from './migration-progress.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const at = (text: string) => `2026-09-29 10:00:21 ${text}`;

describe('progress of a live migration', () => {
  test('memory only: rate, total and downtime', () => {
    const { feed } = migrationProgress();
    feed([
      at("starting migration of VM 101 to node 'pve2' (10.0.0.12)"),
      at('starting online/live migration on unix:/run/x'),
    ]);
    const during = feed([at('migration active, transferred 515.4 MiB of 12.6 GiB VM-state, 428.3 MiB/s')]);
    expect(during).toMatchObject({ phase: 'memory', percentage: 3, targetNode: 'pve2', downtimeMs: null });
    expect(during.bytesPerSecond).toBe(Math.round(428.3 * MIB));
    const end = feed([
      at('average migration speed: 806.6 MiB/s - downtime 59 ms'),
      at('migration completed, transferred 11.7 GiB VM-state'),
      at('migration status: completed'),
      'TASK OK',
    ]);
    expect(end).toMatchObject({ phase: 'finishing', percentage: 100, downtimeMs: 59 });
  });

  test.each([
    'migration active, transferred 1.0 GiB of 4.0 GiB VM-state (+ 2.0 MiB VFIO-state), 100.0 MiB/s',
    'migration active, transferred 1.0 GiB of 4.0 GiB VM-state, 100.0 MiB/s, VM dirties lots of memory: 900.0 MiB/s',
    'migration device, transferred 1.0 GiB of 4.0 GiB VM-state, 100.0 MiB/s',
  ])('%s', (line) => {
    expect(migrationProgress().feed([at(line)])).toMatchObject({ percentage: 25, bytesPerSecond: 100 * MIB });
  });

  test('memory sent twice never makes more than 100 percent', () => {
    const state = migrationProgress().feed([
      at('migration active, transferred 6.0 GiB of 4.0 GiB VM-state, 1.0 MiB/s'),
    ]);
    expect(state).toMatchObject({ percentage: 100, transferredBytes: 6 * GIB, totalBytes: 6 * GIB });
  });

  test('several disks are added up, then memory; late disk lines do not turn the phase back', () => {
    const { feed } = migrationProgress();
    const disks = feed([
      at('starting storage migration'),
      'mirror-scsi0: transferred 1.0 GiB of 8.0 GiB (12.50%) in 10s',
      'drive-scsi1: transferred 512.0 MiB of 2.0 GiB (25.00%) in 5s, still busy',
    ]);
    expect(disks).toMatchObject({ phase: 'disks', percentage: 15, totalBytes: 10 * GIB, memory: null });
    expect(Object.keys(disks.disks)).toEqual(['mirror-scsi0', 'drive-scsi1']);
    expect(disks.bytesPerSecond).toBe(Math.round((1.5 * GIB) / 10));
    const memory = feed([
      'mirror-scsi0: transferred 8.0 GiB of 8.0 GiB (100.00%) in 1m 3s, ready',
      'drive-scsi1: transferred 2.0 GiB of 2.0 GiB (100.00%) in 20s, ready',
      at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 50.0 MiB/s'),
      'mirror-scsi0: transferred 8.0 GiB of 8.0 GiB (100.00%) in 1m 4s, ready',
    ]);
    expect(memory).toMatchObject({ phase: 'memory', percentage: 91, totalBytes: 12 * GIB });
    expect(memory.disks['mirror-scsi0']).toMatchObject({ elapsedSeconds: 64, transferredBytes: 8 * GIB });
  });
});

describe('progress of offline copies', () => {
  test('qemu-img without a name: the next copy starts over', () => {
    const { feed } = migrationProgress();
    feed(['transferred 0.0 B of 4.0 GiB (0.00%)', 'transferred 4.0 GiB of 4.0 GiB (100.00%)']);
    const state = feed(['transferred 64.0 MiB of 12.0 GiB (0.52%)']);
    expect(Object.keys(state.disks)).toEqual(['copy-1', 'copy-2']);
    expect(state.percentage).toBe(25);
  });

  test('dd: the last of several in one line counts; the total comes from outside', () => {
    const line =
      '1073741824 bytes (1.1 GB, 1.0 GiB) copied, 9 s, 119 MB/s\r4294967296 bytes (4.3 GB, 4.0 GiB) copied, 40 s, 107 MB/s';
    expect(migrationProgress().feed([line])).toMatchObject({
      percentage: null,
      transferredBytes: 4 * GIB,
      bytesPerSecond: 107e6,
    });
    expect(migrationProgress(8 * GIB).feed([line])).toMatchObject({
      percentage: 50,
      totalBytes: 8 * GIB,
      phase: 'disks',
    });
  });

  test('zfs: the estimate gives the total, the lines what is through', () => {
    const { feed } = migrationProgress();
    const state = feed([
      'full send of rpool/data/vm-100-disk-0@__migration__ estimated size is 10.0G',
      'total estimated size is 10.0G',
      'TIME        SENT   SNAPSHOT rpool/data/vm-100-disk-0@__migration__',
      '12:00:01   2.5G   rpool/data/vm-100-disk-0@__migration__',
    ]);
    expect(state).toMatchObject({
      percentage: 25,
      phase: 'disks',
      disks: { 'rpool/data/vm-100-disk-0': { totalBytes: 10 * GIB } },
    });
  });

  test('a container on shared storage has no percentage, but phases', () => {
    const { feed } = migrationProgress();
    expect(feed([at('shutdown CT 201'), at("starting migration of CT 201 to node 'pve2' (10.0.0.12)")])).toMatchObject({
      phase: 'preparing',
      percentage: null,
      targetNode: 'pve2',
    });
    expect(feed([at('start final cleanup')]).phase).toBe('finishing');
  });
});

test('errors are kept in order', () => {
  const { feed } = migrationProgress();
  feed([at('ERROR: online migrate failure - aborting')]);
  expect(
    feed([at('ERROR: migration finished with problems (duration 00:00:05)'), 'TASK ERROR: migration problems']).errors,
  ).toEqual(['online migrate failure - aborting', 'migration finished with problems (duration 00:00:05)']);
});

test('lines that mean nothing change nothing', () => {
  const { feed } = migrationProgress();
  const before = feed([]);
  expect(feed(['', 'no content', 'set migration parameters', 'mirror-scsi0: Completed successfully.', '🦀'])).toEqual(
    before,
  );
});
