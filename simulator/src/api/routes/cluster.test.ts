import { describe, expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { guest, guestIn, smallWorld } from '../../../test/small-cluster.ts';

describe('/cluster/resources', () => {
  test('type=vm means machines and containers', () => {
    const rows = rowsOf(ask(smallWorld(), 'GET', '/cluster/resources?type=vm'));
    expect(new Set(rows.map((row) => row.type))).toEqual(new Set(['qemu', 'lxc']));
    expect(rows).toHaveLength(9);
  });

  test('numbers change on ticks only, placement at once', () => {
    const world = smallWorld();
    const row = () => rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).find((entry) => entry.vmid === 100) ?? {};
    world.clock.advance(12);
    ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 });
    const before = row();
    world.clock.advance(6);
    const between = row();
    expect([between.node, between.uptime, between.netin]).toEqual(['pve2', before.uptime, before.netin]);
    world.clock.advance(10);
    const after = row();
    expect(Number(after.uptime)).toBeLessThan(15);
    expect(Number(after.netin)).toBeLessThan(15_000);
  });

  test('a token without rights gets 200 and hardly anything', () => {
    const world = smallWorld();
    const token = tokenWith(world, {});
    const answer = ask(world, 'GET', '/cluster/resources', {}, { token });
    expect(answer.status).toBe(200);
    expect(rowsOf(answer).every((row) => row.type === 'node' && row.cpu === undefined)).toBe(true);
    expect(ask(world, 'GET', '/cluster/resources?type=vm', {}, { token }).data).toEqual([]);
    expect(ask(world, 'GET', '/cluster/status', {}, { token })).toMatchObject({
      status: 403,
      message: 'Permission check failed (/, Sys.Audit)',
    });
    expect(ask(world, 'GET', '/access/permissions', {}, { token }).data).toEqual({});
  });

  test('a token for one guest sees that one', () => {
    const world = smallWorld();
    const token = tokenWith(world, { '/vms/100': 'PVEVMUser' });
    expect(rowsOf(ask(world, 'GET', '/cluster/resources?type=vm', {}, { token })).map((row) => row.vmid)).toEqual([
      100,
    ]);
    expect(rowsOf(ask(world, 'GET', '/nodes/pve1/qemu', {}, { token })).map((row) => row.vmid)).toEqual([100]);
  });

  test('PVE 8 has no memhost and sdn rows', () => {
    const rows = rowsOf(ask(smallWorld({}, '8.4'), 'GET', '/cluster/resources'));
    expect(rows.some((row) => row.memhost !== undefined)).toBe(false);
    expect(new Set(rows.map((row) => row.type))).toEqual(new Set(['qemu', 'lxc', 'node', 'storage', 'sdn']));
  });
});

describe('/access/permissions', () => {
  test('says what is held where, with the propagate flag', () => {
    const world = smallWorld();
    const token = tokenWith(world, { '/': 'PVEAuditor', '/vms/100': 'PVEVMUser' });
    const all = ask(world, 'GET', '/access/permissions', {}, { token }).data as Record<string, Record<string, number>>;
    expect(all['/']?.['Sys.Audit']).toBe(1);
    expect(all['/vms']?.['VM.Audit']).toBe(1);
    expect(all['/vms/100']?.['VM.PowerMgmt']).toBe(1);
    expect(ask(world, 'GET', '/access/permissions?path=/vms/101', {}, { token }).data).toEqual({
      '/vms/101': expect.objectContaining({ 'VM.Audit': 1 }),
    });
  });

  test('the permissions of somebody else need Sys.Audit', () => {
    const world = smallWorld();
    const token = tokenWith(world, { '/': 'PVEVMUser' });
    expect(ask(world, 'GET', '/access/permissions?userid=root@pam', {}, { token }).status).toBe(403);
  });
});

describe('/cluster/options', () => {
  test('property strings are written and come back parsed', () => {
    const world = smallWorld({
      options: { crs: 'ha=static,ha-rebalance-on-start=1', migration: { type: 'secure', network: '10.0.0.0/8' } },
    });
    ask(world, 'PUT', '/cluster/options', { 'next-id': 'lower=100,upper=999', 'registered-tags': 'critical;gold' });
    expect(ask(world, 'GET', '/cluster/options').data).toMatchObject({
      crs: { ha: 'static', 'ha-rebalance-on-start': 1 },
      migration: { type: 'secure', network: '10.0.0.0/8' },
      'next-id': { lower: '100', upper: '999' },
      'registered-tags': ['critical', 'gold'],
      'allowed-tags': ['critical', 'gold'],
    });
    ask(world, 'PUT', '/cluster/options', { delete: 'crs' });
    expect(ask(world, 'GET', '/cluster/options').data).not.toHaveProperty('crs');
  });

  test('without Sys.Audit only the public part', () => {
    const world = smallWorld({ options: { crs: 'ha=static' } });
    const token = tokenWith(world, {});
    expect(ask(world, 'GET', '/cluster/options', {}, { token }).data).toEqual({ 'allowed-tags': [] });
    expect(ask(world, 'PUT', '/cluster/options', { crs: 'ha=basic' }, { token }).status).toBe(403);
  });
});

test('/cluster/nextid is a text', () => {
  expect(ask(smallWorld(), 'GET', '/cluster/nextid').data).toBe('107');
});

test('/pools and /cluster/backup-info/not-backed-up', () => {
  const world = smallWorld({ guests: [guest(100, { pool: 'prod' }), guest(101)] });
  expect(ask(world, 'GET', '/pools').data).toEqual([{ poolid: 'prod' }]);
  expect(rowsOf(ask(world, 'GET', '/pools?poolid=prod'))[0]?.members).toMatchObject([{ vmid: 100 }]);
  expect(ask(world, 'GET', '/pools?poolid=x').status).toBe(500);
  expect(rowsOf(ask(world, 'GET', '/cluster/backup-info/not-backed-up'))).toHaveLength(2);
});

describe('a cluster of mixed versions', () => {
  const node = (name: string, pve: string) => ({
    name,
    pve,
    cores: 8,
    mem_bytes: 1e11,
    storages: [{ storage: 'ceph1', type: 'rbd' }],
  });
  const mixed = () =>
    smallWorld({
      nodes: [node('pve1', '8.4'), node('pve2', '9.2')],
      guests: [guest(100), guest(200, { node: 'pve2' })],
    });

  test('the executing node decides about parameters, the answering one about /version', () => {
    const world = mixed();
    const form = { online: 1, 'with-conntrack-state': 1 };
    expect(
      ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { ...form, target: 'pve2' }, { node: 'pve2' }).status,
    ).toBe(400);
    expect(
      ask(world, 'POST', '/nodes/pve2/qemu/200/migrate', { ...form, target: 'pve1' }, { node: 'pve1' }).status,
    ).toBe(200);
    expect((ask(world, 'GET', '/version', {}, { node: 'pve1' }).data as { release: string }).release).toBe('8.4');
  });
});

test('a container GET migrate is of 9.1 and later', () => {
  expect(ask(smallWorld({}, '9.0'), 'GET', '/nodes/pve1/lxc/201/migrate').status).toBe(501);
  expect(ask(smallWorld({}, '9.1'), 'GET', '/nodes/pve1/lxc/201/migrate').data).toMatchObject({
    running: 1,
    'allowed-nodes': ['pve2', 'pve3'],
  });
});

test('guests of the fixture keep their tags lower-cased and sorted', () => {
  expect(guestIn(smallWorld(), 100).config.get('tags')).toBe('prod;web');
});
