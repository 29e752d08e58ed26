import { expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { guest, smallWorld } from '../../../test/small-cluster.ts';
import type { World } from '../../world.ts';

const list = (world: World, query = '', node = 'pve1') =>
  rowsOf(ask(world, 'GET', `/nodes/${node}/storage/local-zfs/content${query}`));

test('volumes of guests: local ones on their node, shared ones everywhere, and they move along', () => {
  const world = smallWorld();
  expect(list(world)).toContainEqual({
    volid: 'local-zfs:vm-101-disk-0',
    content: 'images',
    format: 'raw',
    size: 8 * 2 ** 30,
    vmid: 101,
  });
  expect(list(world, '', 'pve2')).toEqual([]);
  const shared = (node: string) =>
    rowsOf(ask(world, 'GET', `/nodes/${node}/storage/ceph1/content`)).map((row) => row.volid);
  expect(shared('pve3')).toEqual(shared('pve1'));
  ask(world, 'POST', '/nodes/pve1/qemu/101/migrate', { target: 'pve2', online: 1, 'with-local-disks': 1 });
  world.clock.advance(100);
  expect(list(world, '', 'pve2').map((row) => row.vmid)).toEqual([101]);
});

test('filters, CD images, and what is not there', () => {
  const config = { ide2: 'local-zfs:iso/debian.iso,media=cdrom' };
  const world = smallWorld({
    guests: [
      guest(100, { config }),
      guest(101, { config }),
      guest(106, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'local-zfs' }] }),
    ],
  });
  expect(list(world, '?content=iso').map((row) => row.volid)).toEqual(['local-zfs:iso/debian.iso']);
  expect(list(world, '?vmid=106')).toMatchObject([{ content: 'rootdir', format: 'subvol' }]);
  expect(list(world, '?content=backup')).toEqual([]);
  expect(ask(world, 'GET', '/nodes/pve1/storage/x1/content')).toMatchObject({
    status: 500,
    message: "storage 'x1' does not exist",
  });
});

test('to see disks takes more than Datastore.Audit', () => {
  const world = smallWorld();
  const seen = (roles: Record<string, string>) =>
    rowsOf(ask(world, 'GET', '/nodes/pve1/storage/ceph1/content', {}, { token: tokenWith(world, roles) })).length;
  expect(seen({ '/': 'PVEAuditor' })).toBe(0);
  expect(seen({ '/': 'PVEDatastoreAdmin' })).toBeGreaterThan(3);
  expect(seen({ '/storage': 'PVEDatastoreUser', '/vms/100': 'PVEVMAdmin' })).toBe(1);
});

test('metrics in one call: numbers of nodes, storages and running guests', () => {
  const world = smallWorld();
  const get = (query = '') =>
    (ask(world, 'GET', `/cluster/metrics/export${query}`).data as { data: Record<string, unknown>[] }).data;
  const ids = new Set(get().map((row) => row.id));
  expect([...ids]).toEqual(expect.arrayContaining(['node/pve1', 'storage/pve1/ceph1', 'qemu/100', 'lxc/201']));
  expect(ids.has('qemu/105')).toBe(false);
  expect(get().find((row) => row.id === 'qemu/100' && row.metric === 'cpu_current')).toMatchObject({
    type: 'gauge',
    value: 0.5,
  });
  expect(new Set(get('?history=1').map((row) => row.timestamp)).size).toBe(180);
  expect(get(`?history=1&start-time=${world.clock.nowMs() / 1000 - 60}`).length).toBeLessThan(get('?history=1').length);
});
