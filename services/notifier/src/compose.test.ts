import { expect, test } from 'vitest';
import { aMigration } from '../../../tests/support/nouns.ts';
import { composeCollectionFailed, composeMigration, composeNodeStatus } from './compose.ts';

const times = { started_at: '2026-02-08T10:00:00Z', finished_at: '2026-02-08T10:01:30Z' };
const error = { code: 'proxmox-error', message: 'storage is full', log: ['ERROR: no space'] };

test.each([
  [
    'a move that worked',
    aMigration({ state: 'completed', final_node: 'pve2', ...times }),
    'normal',
    ['Guest: web (VM 100)', 'From pve1 to pve2', 'Now on: pve2', 'Asked for by: local (manual)', 'Took: 90 s'],
  ],
  [
    'one with warnings',
    aMigration({ state: 'completed', final_node: 'pve2', warnings: true }),
    'normal',
    ['Proxmox reported warnings'],
  ],
  [
    'a move that failed',
    aMigration({ state: 'failed', final_node: 'pve1', error, ...times }),
    'high',
    ['Now on: pve1', 'Reason: storage is full'],
  ],
  ['one that nobody could verify', aMigration({ state: 'failed', error }), 'high', ['Now on: unknown']],
  ['one that was called off', aMigration({ state: 'cancelled', final_node: 'pve1' }), 'normal', ['Now on: pve1']],
])('%s', (_, migration, priority, lines) => {
  const text = composeMigration(migration);
  expect(text.title).toBe(`Migration ${migration.state}: web (100)`);
  expect(text.priority).toBe(priority);
  for (const line of lines) expect(text.body.split('\n')).toContain(line);
  expect(text.body).not.toMatch(/undefined|null|NaN/);
});

test('a node that goes down is an emergency, one that comes back is not', () => {
  expect(composeNodeStatus({ node: 'pve1', status: 'offline', previous_status: 'online' })).toEqual({
    title: 'Node pve1 is offline',
    body: 'Node: pve1\nBefore: online\nNow: offline',
    priority: 'emergency',
  });
  expect(composeNodeStatus({ node: 'pve1', status: 'online', previous_status: 'offline' }).priority).toBe('normal');
});

test('a cluster that can’t be read says why, and since when', () => {
  const text = composeCollectionFailed({ reason: 'no node answers', last_collected_at: null });
  expect(text).toMatchObject({ priority: 'high', body: 'Reason: no node answers\nLast snapshot: none' });
});
