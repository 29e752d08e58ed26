import { expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { guest, smallWorld } from '../../../test/small-cluster.ts';

const NODE = { cores: 8, mem_bytes: 1e11 };
const LIMITED = {
  nodes: [
    {
      ...NODE,
      name: 'pve1',
      storages: [
        { storage: 'nfs', type: 'nfs' },
        { storage: 'iso', type: 'dir', content: ['iso'] },
      ],
    },
    { ...NODE, name: 'pve2', storages: [{ storage: 'nfs', type: 'nfs', enabled: false }] },
  ],
  guests: [],
};

test('a definition names its nodes only when it is not everywhere', () => {
  const rows = rowsOf(ask(smallWorld(LIMITED), 'GET', '/storage'));
  expect(rows).toMatchObject([
    { storage: 'nfs', shared: 1 },
    { storage: 'iso', nodes: 'pve1' },
  ]);
  expect(rows[0]).not.toHaveProperty('nodes');
  expect(rowsOf(ask(smallWorld(LIMITED), 'GET', '/storage?type=dir')).map((row) => row.storage)).toEqual(['iso']);
});

test.each([
  ['content=images', ['nfs']],
  ['content=iso', ['iso']],
  ['storage=iso', ['iso']],
  ['target=pve2', ['nfs']],
  ['', ['nfs', 'iso']],
])('of a node with %s: %j', (query, names) => {
  const rows = rowsOf(ask(smallWorld(LIMITED), 'GET', `/nodes/pve1/storage?${query}`));
  expect(rows.map((row) => row.storage)).toEqual(names);
});

test('what is disabled is inactive, and left out when asked', () => {
  const world = smallWorld(LIMITED);
  expect(rowsOf(ask(world, 'GET', '/nodes/pve2/storage'))[0]).toMatchObject({ enabled: 0, active: 0, total: 0 });
  expect(ask(world, 'GET', '/nodes/pve2/storage?enabled=1').data).toEqual([]);
});

test('used bytes follow the disks of guests that come and go', () => {
  const world = smallWorld();
  const used = (node: string) =>
    rowsOf(ask(world, 'GET', `/nodes/${node}/storage?storage=local-zfs`)).map((row) => Number(row.used))[0] ?? 0;
  const before = [used('pve1'), used('pve2')];
  ask(world, 'POST', '/nodes/pve1/qemu/101/migrate', { target: 'pve2', online: 1, 'with-local-disks': 1 });
  world.clock.advance(60);
  expect([used('pve1') - (before[0] ?? 0), used('pve2') - (before[1] ?? 0)]).toEqual([-8 * 2 ** 30, 8 * 2 ** 30]);
});

test('only storages the token may see', () => {
  const world = smallWorld({ guests: [guest(100)] });
  const token = tokenWith(world, { '/storage/ceph1': 'PVEDatastoreUser' });
  const names = (path: string) => rowsOf(ask(world, 'GET', path, {}, { token })).map((row) => row.storage);
  expect(names('/storage')).toEqual(['ceph1']);
  expect(names('/nodes/pve1/storage')).toEqual(['ceph1']);
  expect(names('/cluster/resources?type=storage')).toEqual(['ceph1', 'ceph1', 'ceph1']);
});

test('history has total and used', () => {
  const rows = rowsOf(ask(smallWorld(), 'GET', '/nodes/pve1/storage/local-zfs/rrddata?timeframe=hour'));
  expect(rows.at(-1)).toEqual({ time: expect.any(Number), total: 1024 * 2 ** 30, used: 200 * 2 ** 30 });
});
