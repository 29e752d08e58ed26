import {
  CancelMigration,
  Migrate,
  MigrationCompleted,
  MigrationStarted,
  ReadTask,
  RefusedError,
} from '@proxbalance/contracts';
import { answer, type Kit } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { type Gateway, showSnapshot, smallSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

/* The migrator's side of the bus is played here: what matters is what the gateway makes of its answers. */

const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
const move = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };
let gateway: Gateway;
let migrator: Kit;
beforeEach(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
  migrator = await gateway.as('migrator');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const node = async () => ((await (await gateway.get('/api/guests/100/location')).json()) as { node: string }).node;
const json = async (path: string) => (await gateway.get(path)).json() as Promise<Record<string, unknown>>;

test('a guest that was moved is shown where it is before the next snapshot says so, in every view of places', async () => {
  const before = (await gateway.get('/api/guests/locations')).headers.get('etag');
  const running = aMigration({ state: 'running', task_id: upid });
  await migrator.bus.publish(MigrationStarted, running);
  await eventually(async () =>
    expect(await json('/api/guests/100/migration-status')).toMatchObject({
      is_migrating: true,
      task_id: upid,
      target_node: 'pve2',
      type: 'qmigrate',
    }),
  );
  await migrator.bus.publish(MigrationCompleted, {
    ...running,
    state: 'completed',
    final_node: 'pve2',
    finished_at: new Date().toISOString(),
  });
  await eventually(async () => expect(await node()).toBe('pve2'));
  expect(await json('/api/guests/100/migration-status')).toMatchObject({
    is_migrating: false,
    migration: { state: 'completed' },
  });
  const after = await gateway.get('/api/guests/locations');
  expect(after.headers.get('etag')).not.toBe(before);
  expect(await after.json()).toMatchObject({
    guests: { 100: { node: 'pve2' } },
    nodes: { pve1: { guests: [] }, pve2: { guests: [100, 101] } },
  });
});

test('a wrong overlay doesn’t stick: clocks that differ are overruled by the next snapshots', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  await migrator.bus.publish(
    MigrationCompleted,
    aMigration({ state: 'completed', final_node: 'pve2', finished_at: inAnHour }),
  );
  await eventually(async () => expect(await node()).toBe('pve2'));
  for (const id of ['a', 'b', 'c']) await showSnapshot(gateway, smallSnapshot({ snapshot_id: id }));
  expect(await node()).toBe('pve1');
});

test('a collector whose clock was ahead doesn’t hide what comes after it', async () => {
  await showSnapshot(
    gateway,
    smallSnapshot({ snapshot_id: 'ahead', collected_at: new Date(Date.now() + 3_600_000).toISOString() }),
  );
  await showSnapshot(gateway, smallSnapshot({ snapshot_id: 'now' }));
});

describe('what the migrator says', () => {
  const play = async (migration: ReturnType<typeof aMigration> | RefusedError) => {
    const seen: unknown[] = [];
    const answerWith = async () => {
      if (migration instanceof Error) throw migration;
      return migration;
    };
    await migrator.bus.serve([
      answer(Migrate, async (request) => {
        seen.push(request);
        return answerWith();
      }),
      answer(CancelMigration, async ({ id }) => ({ message: `called off ${id}`, migration: null })),
      answer(ReadTask, async ({ node, upid }) => ({
        status: 'running' as const,
        exitstatus: 'unknown',
        node,
        taskid: upid,
      })),
    ]);
    await eventually(async () =>
      expect((await gateway.get(`/api/tasks/pve1/${encodeURIComponent(upid)}`)).status).toBe(200),
    );
    return seen;
  };

  test('a move that began is a success with its task', async () => {
    const seen = await play(aMigration({ state: 'running', task_id: upid }));
    const answer = await gateway.post('/api/migrate', { ...move, guest_type: 'VM' });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { success: true, task_id: upid, state: 'running', ...move, type: 'VM' },
    ]);
    expect(seen).toEqual([{ ...move, type: 'VM', trigger: 'manual', requested_by: 'local' }]);
  });

  test('a type that is not given is known; guest_type is stronger than type', async () => {
    const seen = await play(aMigration());
    await gateway.post('/api/migrate', { ...move, vmid: 101 });
    await gateway.post('/api/migrate', { ...move, guest_type: 'CT', type: 'VM' });
    expect(seen).toMatchObject([{ type: 'CT' }, { type: 'CT' }]);
  });

  test.each<[string, ReturnType<typeof aMigration> | RefusedError, number, string]>([
    ['refused', new RefusedError('guest-elsewhere', 'it is on pve3'), 409, 'guest-elsewhere'],
    [
      'failed at the checks',
      aMigration({
        state: 'failed',
        error: { code: 'check-failed', message: 'no room', log: [] },
        checks: [{ name: 'resources', passed: false, status: 'failed', detail: 'no room' }],
      }),
      409,
      'check-failed',
    ],
    ['failed for a reason nobody knows', aMigration({ state: 'failed', error: null }), 502, 'proxmox-error'],
    [
      'failed with a code that is none',
      aMigration({ state: 'failed', error: { code: 'constructor', message: 'odd', log: [] } }),
      502,
      'proxmox-error',
    ],
    [
      'failed in time',
      aMigration({ state: 'failed', error: { code: 'proxmox-timeout', message: 'slow', log: [] } }),
      504,
      'proxmox-timeout',
    ],
  ])('a move that %s is a refusal', async (_, migration, status, code) => {
    await play(migration);
    expect(await refusal(await gateway.post('/api/migrate', move))).toMatchObject({ status, code });
  });

  test('a task is named by its UPID, encoded or not', async () => {
    await play(aMigration());
    for (const name of [upid, encodeURIComponent(upid)]) {
      expect(await json(`/api/tasks/pve1/${name}`)).toMatchObject({ success: true, taskid: upid });
      const answer = await gateway.post(`/api/migrations/${name}/cancel`);
      expect([answer.status, await answer.json()]).toMatchObject([200, { message: `called off ${upid}` }]);
    }
  });
});
