import { Migration } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { record } from '../testing/build.ts';
import { conclude } from './verify.ts';

const at = new Date('2026-01-01T00:01:00.000Z');

const ends = {
  ok: { exitStatus: 'OK', reason: 'OK' },
  warned: { exitStatus: 'WARNINGS: 2', reason: 'WARNINGS: 2' },
  failed: { exitStatus: 'migration problems', reason: 'no luck', reasons: ['ERROR: no luck'] },
  lost: { exitStatus: null, reason: 'the task ended without saying how' },
  unknown: { exitStatus: null, reason: null },
} as const;

/** How the task ended × where the guest was found × whether the move was called off. */
test.each([
  ['ok', 'pve2', false, 'completed', undefined],
  ['ok', 'pve2', true, 'completed', undefined],
  ['ok', 'pve1', false, 'failed', 'the task ended well, but the guest did not move'],
  ['ok', 'pve1', true, 'cancelled', undefined],
  ['ok', 'pve3', false, 'failed', 'found on pve3: somebody else moved it'],
  ['ok', null, false, 'failed', 'guest 100 is gone from the cluster'],
  ['warned', 'pve2', false, 'completed', undefined],
  ['warned', 'pve1', false, 'failed', 'the task ended well, but the guest did not move'],
  ['failed', 'pve2', false, 'completed', undefined],
  ['failed', 'pve1', false, 'failed', 'no luck'],
  ['failed', 'pve1', true, 'cancelled', undefined],
  ['failed', 'pve3', false, 'failed', 'found on pve3: somebody else moved it'],
  ['failed', 'pve3', true, 'failed', 'found on pve3: somebody else moved it'],
  ['failed', null, true, 'failed', 'guest 100 is gone from the cluster'],
  ['lost', 'pve2', false, 'completed', undefined],
  ['lost', 'pve2', true, 'completed', undefined],
  ['lost', 'pve1', false, 'failed', 'the task ended without saying how'],
  ['lost', 'pve1', true, 'cancelled', undefined],
  ['lost', 'pve3', false, 'failed', 'found on pve3: somebody else moved it'],
  ['lost', null, false, 'failed', 'guest 100 is gone from the cluster'],
  ['unknown', 'pve2', false, 'completed', undefined],
  ['unknown', 'pve1', false, 'failed', 'the task vanished without a result'],
] as const)('task %s, guest on %s, called off %s: %s', (end, node, cancel_requested, state, message) => {
  const { migration } = conclude(record({ cancel_requested }, ends[end] as object), { node, lock: null }, at);
  expect(migration).toMatchObject({ state, final_node: node, finished_at: at.toISOString(), waiting_for: null });
  expect(migration.error?.message).toBe(message);
  expect(migration.timeline.at(-1)?.state).toBe(state);
  expect(Migration.parse(migration)).toEqual(migration);
});

test('Proxmox’s own lines come along with a failure', () => {
  const { error } = conclude(record({}, ends.failed as object), { node: 'pve1', lock: null }, at).migration;
  expect(error).toEqual({ code: 'proxmox-error', message: 'no luck', log: ['ERROR: no luck'] });
});

test('a guest that arrived although its task says otherwise is a completed move with a warning', () => {
  const { migration } = conclude(record({}, ends.failed as object), { node: 'pve2', lock: null }, at);
  expect(migration).toMatchObject({ state: 'completed', warnings: true, error: null });
  expect(migration.timeline.at(-1)?.detail).toContain('no luck');
});

test('a lock that is left is told, with the way to remove it', () => {
  const place = { node: 'pve1', lock: 'migrate' };
  expect(conclude(record({}, ends.lost), place, at).migration.error?.message).toContain('qm unlock 100');
  const off = conclude(record({ cancel_requested: true }, ends.lost), place, at).migration;
  expect(off.timeline.at(-1)?.detail).toContain('qm unlock 100');
});

test('progress is kept: full at the end of a completed move, as it was otherwise', () => {
  const progress = {
    percentage: 40,
    transferred_bytes: 4,
    total_bytes: 10,
    bytes_per_second: 1,
    eta_seconds: 6,
    phase: 'memory',
  };
  const done = conclude(record({ progress }, ends.ok), { node: 'pve2', lock: null }, at).migration;
  expect(done.progress).toMatchObject({ percentage: 100, eta_seconds: 0, total_bytes: 10 });
  const failed = conclude(record({ progress }, ends.failed as object), { node: 'pve1', lock: null }, at).migration;
  expect(failed.progress).toEqual(progress);
});
