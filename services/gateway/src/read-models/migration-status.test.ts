import type { RunningTask } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aGuest } from '../../../../libs/engine/src/testing/build.ts';
import { aMigration } from '../../../../tests/support/nouns.ts';
import { migrationStatus } from './migration-status.ts';

const upid = (type: string, pid = '000003A1', vmid = 100) =>
  `UPID:pve1:${pid}:02B70000:69A1B2C3:${type}:${vmid}:lb@pve!t1:`;
const task = (type: string, id = '100', pid = '000003A1'): RunningTask => ({
  upid: upid(type, pid, Number(id)),
  node: 'pve1',
  type,
  id,
  user: 'lb@pve!t1',
  started_at: '2026-02-08T10:00:00Z',
});
const guest = aGuest({ vmid: 100 });

test('our own move says where it goes', () => {
  const own = aMigration({ state: 'running', task_id: upid('qmigrate') });
  expect(migrationStatus(guest, own, [])).toEqual({
    is_migrating: true,
    task_id: upid('qmigrate'),
    source_node: 'pve1',
    target_node: 'pve2',
    type: 'qmigrate',
    migration: own,
  });
});

test('one under HA has the task that carries it out, as soon as that is known', () => {
  const own = aMigration({ state: 'running', task_id: upid('hamigrate') });
  expect(migrationStatus(guest, own, [])).toMatchObject({ task_id: upid('hamigrate'), type: 'hamigrate' });
  const child = { ...own, child_task_id: upid('qmigrate') };
  expect(migrationStatus(guest, child, [])).toMatchObject({ task_id: upid('qmigrate'), type: 'qmigrate' });
});

test.each([
  ['VM', 'qmigrate'],
  ['CT', 'vzmigrate'],
] as const)('one of a %s that waits has no task yet', (type, taskType) => {
  expect(migrationStatus(guest, aMigration({ type }), [])).toMatchObject({
    is_migrating: true,
    task_id: null,
    type: taskType,
  });
});

test('a move that somebody else started counts, by the exact id', () => {
  const foreign = task('qmigrate');
  expect(migrationStatus(guest, null, [task('qmigrate', '1001'), task('vzdump'), foreign])).toEqual({
    is_migrating: true,
    task_id: foreign.upid,
    source_node: 'pve1',
    type: 'qmigrate',
    migration: null,
  });
  expect(migrationStatus(aGuest({ vmid: 101 }), null, [foreign])).toEqual({ is_migrating: false, migration: null });
});

test('a task of our own that ended is not somebody else’s, however old the list', () => {
  const own = aMigration({
    state: 'completed',
    task_id: upid('hamigrate', '00000001'),
    child_task_id: upid('qmigrate', '00000002'),
  });
  const listed = [task('hamigrate', '100', '00000001'), task('qmigrate', '100', '00000002')];
  expect(migrationStatus(guest, own, listed)).toEqual({ is_migrating: false, migration: own });
  expect(migrationStatus(guest, own, [...listed, task('qmigrate', '100', '00000003')]).is_migrating).toBe(true);
});
