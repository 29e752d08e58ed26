import { describe, expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { smallWorld } from '../../../test/small-cluster.ts';
import type { Token } from '../../access/identity.ts';
import type { World } from '../../world.ts';

const other = (world: World): Token => tokenWith(world, { '/vms': 'PVEVMAdmin' });

function migrated(world: World, vmid = 100, token?: Token): string {
  const answer = ask(
    world,
    'POST',
    `/nodes/pve1/qemu/${vmid}/migrate`,
    { target: 'pve2', online: 1 },
    token ? { token } : {},
  );
  return String(answer.data);
}

describe('the log', () => {
  test('is read in parts, with the total beside it', () => {
    const world = smallWorld();
    const upid = encodeURIComponent(migrated(world));
    world.clock.advance(20);
    const all = ask(world, 'GET', `/nodes/pve1/tasks/${upid}/log?limit=0`);
    const part = ask(world, 'GET', `/nodes/pve1/tasks/${upid}/log?start=2&limit=3`);
    expect(rowsOf(part)).toEqual(rowsOf(all).slice(2, 5));
    expect(rowsOf(part).map((row) => row.n)).toEqual([3, 4, 5]);
    expect(part.total).toBe(rowsOf(all).length);
  });

  test('that is empty says so', () => {
    const world = smallWorld();
    const upid = String(ask(world, 'POST', '/nodes/pve1/qemu/100/status/shutdown').data);
    expect(ask(world, 'GET', `/nodes/pve1/tasks/${upid}/log`)).toMatchObject({
      data: [{ n: 1, t: 'no content' }],
      total: 1,
    });
  });
});

describe('the status', () => {
  test.each([
    ['UPID:pve1:00000001:00000001:00000001:qmigrate:1:root@pam:', 'no such task'],
    ['nonsense', 'unable to parse worker upid'],
  ])('of %s: %s', (upid, text) => {
    expect(ask(smallWorld(), 'GET', `/nodes/pve1/tasks/${upid}/status`)).toMatchObject({
      status: 400,
      errors: { upid: text },
    });
  });
});

describe('the list of a node', () => {
  test('is the archive unless asked for what runs', () => {
    const world = smallWorld();
    migrated(world);
    const list = (query: string) => rowsOf(ask(world, 'GET', `/nodes/pve1/tasks?${query}`));
    expect(list('')).toEqual([]);
    expect(list('source=active')).toMatchObject([{ status: 'RUNNING', type: 'qmigrate' }]);
    world.clock.advance(20);
    expect(list('')).toMatchObject([{ status: 'OK', endtime: expect.any(Number) }]);
    expect(list('source=active')).toEqual([]);
  });

  test('can be filtered', () => {
    const world = smallWorld();
    migrated(world);
    world.clock.advance(20);
    migrated(world, 102);
    ask(world, 'POST', '/nodes/pve1/qemu/101/status/reboot');
    world.clock.advance(20);
    const ids = (query: string) => rowsOf(ask(world, 'GET', `/nodes/pve1/tasks?${query}`)).map((row) => row.id);
    expect(ids('')).toEqual(['101', '102', '100']);
    expect(ids('typefilter=qmigrate')).toEqual(['102', '100']);
    expect(ids('vmid=101')).toEqual(['101']);
    expect(ids('errors=1')).toEqual(['102']);
    expect(ids('statusfilter=ok')).toEqual(['101', '100']);
    expect(ids('start=1&limit=1')).toEqual(['102']);
    expect(ids(`since=${Math.floor(world.clock.nowMs() / 1000) - 21}`)).toEqual(['101', '102']);
    expect(ids('userfilter=nobody')).toEqual([]);
  });
});

describe('whose task it is', () => {
  test('a token sees its own, and others only with Sys.Audit', () => {
    const world = smallWorld();
    const own = migrated(world, 100, other(world));
    const foreign = migrated(world, 101);
    expect(rowsOf(ask(world, 'GET', '/cluster/tasks', {}, { token: other(world) })).map((row) => row.upid)).toEqual([
      own,
    ]);
    expect(ask(world, 'GET', `/nodes/pve1/tasks/${own}/status`, {}, { token: other(world) }).status).toBe(200);
    expect(ask(world, 'GET', `/nodes/pve1/tasks/${foreign}/status`, {}, { token: other(world) }).status).toBe(403);
    expect(rowsOf(ask(world, 'GET', '/cluster/tasks'))).toHaveLength(2);
  });

  test('stopping a task of somebody else needs Sys.Modify', () => {
    const world = smallWorld();
    const foreign = migrated(world);
    expect(ask(world, 'DELETE', `/nodes/pve1/tasks/${foreign}`, {}, { token: other(world) }).message).toBe(
      'Permission check failed (/nodes/pve1, Sys.Modify)',
    );
    world.clock.advance(3);
    expect(ask(world, 'DELETE', `/nodes/pve1/tasks/${foreign}`)).toMatchObject({ status: 200, data: null });
    world.clock.advance(5);
    expect(world.tasks.get(foreign)?.exitstatus).toBe('migration problems');
    expect(ask(world, 'DELETE', `/nodes/pve1/tasks/${foreign}`).status).toBe(200);
  });
});

test('the cluster list has the last 25 finished of each node, newest first', () => {
  const world = smallWorld();
  for (let index = 0; index < 30; index += 1) {
    ask(world, 'POST', '/nodes/pve1/qemu/100/status/reboot');
    world.clock.advance(10);
  }
  const rows = rowsOf(ask(world, 'GET', '/cluster/tasks'));
  expect(rows).toHaveLength(25);
  expect(Number(rows[0]?.starttime)).toBeGreaterThan(Number(rows[1]?.starttime));
  expect(rows.every((row) => row.saved === '1')).toBe(true);
});
