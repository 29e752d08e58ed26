import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../test/ask.ts';
import { guestIn, nodeIn, smallWorld } from '../test/small-cluster.ts';
import { addFault, matchesRequest, removeFault, strike } from './faults.ts';
import { InputError } from './fields.ts';

describe('a fault is refused with the reason', () => {
  test.each([
    [{}, 'fault.kind must be one of node-down, quorum-loss'],
    [{ kind: 'earthquake' }, 'fault.kind must be one of node-down'],
    [{ kind: 'node-down' }, 'node-down needs a node'],
    [{ kind: 'node-down', node: 'pve9' }, 'there is no node pve9'],
    [{ kind: 'lock', vmid: 999 }, 'there is no guest 999'],
    [{ kind: 'migration-fails' }, 'migration-fails needs a vmid'],
    [{ kind: 'migration-fails', vmid: 100, phase: 'phase9' }, 'fault.phase must be one of prepare, phase1'],
    [{ kind: 'api-error', status: 700 }, 'fault.status must be at most 599'],
    [{ kind: 'quorum-loss', colour: 1 }, 'unknown field colour'],
    ['text', 'fault must be an object'],
  ])('%o', (body, message) => {
    const world = smallWorld();
    expect(() => addFault(world, body)).toThrow(InputError);
    expect(() => addFault(world, body)).toThrow(message);
  });
});

test('for_s ends a fault by the virtual clock', () => {
  const world = smallWorld();
  addFault(world, { kind: 'quorum-loss', for_s: 30 });
  expect(world.quorate).toBe(false);
  world.clock.advance(31);
  expect([world.quorate, world.faults.size]).toEqual([true, 0]);
});

test('times counts how often a fault strikes', () => {
  const world = smallWorld();
  addFault(world, { kind: 'api-error', times: 2 });
  expect([strike(world, 'api-error'), strike(world, 'api-error'), strike(world, 'api-error')].map(Boolean)).toEqual([
    true,
    true,
    false,
  ]);
});

test.each([
  ['/cluster/*', 'GET', '/cluster/status', true],
  ['/nodes/*/rrddata', 'GET', '/nodes/pve1/rrddata', true],
  ['/nodes/*/rrddata', 'GET', '/nodes/pve1/status', false],
  ['/version', 'GET', '/version/x', false],
])('path %s against %s %s: %s', (path, method, asked, matches) => {
  const world = smallWorld();
  expect(matchesRequest(addFault(world, { kind: 'api-error', path }), method, asked)).toBe(matches);
});

describe('quorum-loss', () => {
  test('is said by /cluster/status and stops every write', () => {
    const world = smallWorld();
    addFault(world, { kind: 'quorum-loss' });
    expect(rowsOf(ask(world, 'GET', '/cluster/status'))[0]?.quorate).toBe(0);
    for (const [method, path, form] of [
      ['POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 }],
      ['GET', '/nodes/pve1/qemu/100/migrate', {}],
      ['PUT', '/nodes/pve1/qemu/100/config', { tags: 'a' }],
    ] as const) {
      expect(ask(world, method, path, form)).toMatchObject({ status: 500, message: 'cluster not ready - no quorum?' });
    }
  });
});

describe('node-down', () => {
  const stateOf = (world: ReturnType<typeof smallWorld>, vmid: number) =>
    rowsOf(ask(world, 'GET', '/cluster/resources')).find((row) => row.vmid === vmid) ?? {};

  test('is offline at once, its guests look alive for five minutes and then are unknown and bare', () => {
    const world = smallWorld();
    world.clock.advance(25);
    const before = stateOf(world, 104);
    addFault(world, { kind: 'node-down', node: 'pve2' });
    expect(rowsOf(ask(world, 'GET', '/cluster/status')).find((row) => row.name === 'pve2')?.online).toBe(0);
    const row = rowsOf(ask(world, 'GET', '/cluster/resources?type=node')).find((entry) => entry.node === 'pve2');
    expect(row).toMatchObject({ status: 'offline', maxcpu: 16 });
    expect(row?.cpu).toBeUndefined();
    world.clock.advance(100);
    expect(stateOf(world, 104)).toMatchObject({ status: 'running', cpu: before.cpu });
  });

  test('unknown guests keep tags and HA state only', () => {
    const world = smallWorld({}, '9.2');
    world.ha.clear();
    addFault(world, { kind: 'node-down', node: 'pve2' });
    world.clock.advance(301);
    expect(stateOf(world, 104)).toEqual({ id: 'qemu/104', vmid: 104, node: 'pve2', type: 'qemu', status: 'unknown' });
  });

  test('proxied calls are 595 with nothing in them, history is not proxied', () => {
    const world = smallWorld();
    addFault(world, { kind: 'node-down', node: 'pve2' });
    expect(ask(world, 'GET', '/nodes/pve2/status')).toMatchObject({ status: 595, message: 'No route to host' });
    expect(ask(world, 'GET', '/nodes/pve2/rrddata?timeframe=hour').status).toBe(200);
  });

  test('ends the tasks of the node and of migrations to it', () => {
    const world = smallWorld();
    const away = String(ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 }).data);
    world.clock.advance(3);
    addFault(world, { kind: 'node-down', node: 'pve1' });
    expect(world.tasks.get(away)?.exitstatus).toBe('unexpected status');
    const other = smallWorld();
    const to = String(ask(other, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 }).data);
    other.clock.advance(3);
    addFault(other, { kind: 'node-down', node: 'pve2' });
    other.clock.advance(20);
    expect([other.tasks.get(to)?.exitstatus, guestIn(other, 100).node]).toEqual(['migration problems', 'pve1']);
  });

  test('HA guests are fenced and come back elsewhere, others wait', () => {
    const world = smallWorld();
    addFault(world, { kind: 'node-down', node: 'pve1' });
    world.clock.advance(70);
    expect(world.ha.get('vm:103')?.crmState).toBe('fence');
    world.clock.advance(70);
    expect(world.ha.get('vm:103')?.crmState).toBe('started');
    expect(guestIn(world, 103).node).not.toBe('pve1');
    expect(guestIn(world, 100).node).toBe('pve1');
  });

  test('when it is over the node has booted', () => {
    const world = smallWorld();
    const fault = addFault(world, { kind: 'node-down', node: 'pve2' });
    world.clock.advance(20);
    removeFault(world, fault.id);
    world.clock.advance(15);
    expect(rowsOf(ask(world, 'GET', '/cluster/resources?type=node'))[1]).toMatchObject({ status: 'online' });
    expect(Number(stateOf(world, 104).uptime)).toBeLessThan(20);
  });
});

test('lock: locks the guest until cleared', () => {
  const world = smallWorld();
  const fault = addFault(world, { kind: 'lock', vmid: 100, lock: 'backup' });
  expect(ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 }).message).toBe(
    'VM is locked (backup)',
  );
  expect(rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).find((row) => row.vmid === 100)?.lock).toBe('backup');
  removeFault(world, fault.id);
  expect(guestIn(world, 100).lock).toBeNull();
});

test('storage-unavailable: inactive with zeros, and a migration that needs it is refused', () => {
  const world = smallWorld();
  addFault(world, { kind: 'storage-unavailable', node: 'pve2', storage: 'ceph1' });
  const row = rowsOf(ask(world, 'GET', '/nodes/pve2/storage')).find((entry) => entry.storage === 'ceph1');
  expect(row).toMatchObject({ active: 0, total: 0, used: 0, avail: 0 });
  expect(ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 }).message).toBe(
    "storage 'ceph1' is not available on node 'pve2'",
  );
  const resource = rowsOf(ask(world, 'GET', '/cluster/resources?type=storage')).find(
    (entry) => entry.id === 'storage/pve2/ceph1',
  );
  expect(resource?.status).toBe('unknown');
});

test('config-conflict: the digest the client read is of yesterday', () => {
  const world = smallWorld();
  const { digest } = ask(world, 'GET', '/nodes/pve1/qemu/100/config').data as { digest: string };
  addFault(world, { kind: 'config-conflict', vmid: 100, times: 1 });
  expect(ask(world, 'PUT', '/nodes/pve1/qemu/100/config', { tags: 'x', digest }).message).toBe(
    'detected modified configuration - file changed by other user? Try again.',
  );
  const fresh = ask(world, 'GET', '/nodes/pve1/qemu/100/config').data as { digest: string };
  expect(ask(world, 'PUT', '/nodes/pve1/qemu/100/config', { tags: 'x', digest: fresh.digest }).status).toBe(200);
});

test('rrd-gap: rows of the last minutes hold nothing but their time', () => {
  const world = smallWorld();
  addFault(world, { kind: 'rrd-gap', node: 'pve1', last_s: 600 });
  const rows = rowsOf(ask(world, 'GET', '/nodes/pve1/rrddata?timeframe=hour'));
  expect(rows.slice(-9).every((row) => Object.keys(row).join() === 'time')).toBe(true);
  expect(rows[0]?.cpu).toBeDefined();
  expect(nodeIn(world, 'pve1').gaps).toHaveLength(1);
});
