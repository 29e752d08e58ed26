import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TaskLogLines } from './decode/task.ts';
import { migrationProgress } from './migration-progress.ts';
import { taskFailureReason } from './task-failure-reason.ts';

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../shared'),
  'fixtures/proxmox',
);
if (!existsSync(folder)) console.warn(`SKIPPED: no recorded task logs in ${folder} (set PROXBALANCE_SHARED)`);

const lines = (name: string): string[] =>
  TaskLogLines.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).data);

describe.skipIf(!existsSync(folder))('recorded task logs', () => {
  test.each([
    [
      'derived-task-log-qmigrate-local-disk-9',
      { phase: 'finishing', downtimeMs: 41, targetNode: 'pve2', percentage: 100 },
    ],
    ['derived-task-log-vzmigrate-restart-shared', { phase: 'finishing', targetNode: 'pve2', percentage: null }],
    ['derived-task-log-qmigrate-interrupted', { phase: 'memory', percentage: 7 }],
    ['derived-task-log-hamigrate-ok', { targetNode: 'pve2', phase: 'finishing' }],
    ['derived-task-log-empty', { phase: 'preparing', percentage: null }],
  ])('progress of %s', (name, expected) => {
    const all = lines(name);
    expect(migrationProgress().feed(all)).toMatchObject(expected);
    const { feed } = migrationProgress();
    expect(all.map((line) => feed([line])).at(-1)).toEqual(migrationProgress().feed(all));
  });

  test.each([
    ['task-log-qmigrate-cdrom-fail-proxcenter', /can't migrate local cdrom 'local:iso\/debian.iso'$/],
    ['task-log-qmigrate-online-fail-proxcenter', /^online migrate failure - VM 100 qmp command 'migrate' failed/],
    ['derived-task-log-qmigrate-interrupted', /^online migrate failure - interrupted by signal$/],
    ['derived-task-log-hamigrate-negative-affinity', /in negative affinity with resource 'vm:100'$/],
  ])('reason of %s', (name, expected) => {
    expect(taskFailureReason(lines(name), null)).toMatch(expected);
  });
});
