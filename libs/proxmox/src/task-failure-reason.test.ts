import { expect, test } from 'vitest';
import { taskFailureReason } from './task-failure-reason.ts';

const at = (text: string) => `2026-09-11 10:00:00 ${text}`;

test.each([
  [
    'the obstacle, not "migration aborted"',
    [
      at("ERROR: Problem found while scanning volumes - can't migrate local cdrom 'local:iso/debian.iso'"),
      at('aborting phase 1 - cleanup resources'),
      at(
        "ERROR: migration aborted (duration 00:00:01): Problem found while scanning volumes - can't migrate local cdrom 'local:iso/debian.iso'",
      ),
      'TASK ERROR: migration aborted',
    ],
    'migration aborted',
    "Problem found while scanning volumes - can't migrate local cdrom 'local:iso/debian.iso'",
  ],
  [
    'what stopped the live phase, not "migration problems"',
    [
      at("ERROR: online migrate failure - VM 100 qmp command 'migrate' failed - aborting"),
      at('ERROR: migration finished with problems (duration 00:00:05)'),
      'TASK ERROR: migration problems',
    ],
    'migration problems',
    "online migrate failure - VM 100 qmp command 'migrate' failed - aborting",
  ],
  [
    'the lines that "check log" points to',
    [
      at("can't migrate local disk 'a:vm-1': can't live migrate attached local disks without with-local-disks option"),
      at("ERROR: Problem found while scanning volumes - can't migrate VM - check log"),
      at(
        "ERROR: migration aborted (duration 00:00:01): Problem found while scanning volumes - can't migrate VM - check log",
      ),
      'TASK ERROR: migration aborted',
    ],
    'migration aborted',
    "can't migrate local disk 'a:vm-1': can't live migrate attached local disks without with-local-disks option",
  ],
  [
    'what a failed command printed',
    [
      'Requesting HA migration for VM 100 to node pve2',
      "cannot migrate resource 'vm:100' to node 'pve2':",
      '',
      "- resource 'vm:101' on target node 'pve2' in negative affinity with resource 'vm:100'",
      "TASK ERROR: command 'ha-manager migrate vm:100 pve2' failed: exit code 255",
    ],
    "command 'ha-manager migrate vm:100 pve2' failed: exit code 255",
    "cannot migrate resource 'vm:100' to node 'pve2': - resource 'vm:101' on target node 'pve2' in negative affinity with resource 'vm:100'",
  ],
  ['the end line, when there is no other', ['TASK ERROR: CT is locked (backup)'], null, 'CT is locked (backup)'],
  ['the exit status, when there is no line', [], 'migration aborted', 'migration aborted'],
  [
    'that nobody can know',
    [at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 1.0 MiB/s')],
    'unexpected status',
    'the task ended without a word: its process was killed or its node failed',
  ],
])('tells %s', (_, lines, exitStatus, reason) => {
  expect(taskFailureReason(lines, exitStatus)).toBe(reason);
});
