import { GetNodeStorage, PostStorageVerify } from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, aStorage } from '../../../libs/engine/src/testing/build.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  const ceph = aStorage({});
  const fast = aStorage({ storage: 'fast', type: 'lvmthin', shared: false, total_gb: 10, used_gb: 2.5, avail_gb: 7.5 });
  const nodes = [
    aNode({ name: 'pve1', storage: [ceph, fast] }),
    aNode({ name: 'pve2', storage: [ceph, { ...fast, active: false }] }),
    aNode({ name: 'pve3', storage: [ceph, fast] }),
    aNode({ name: 'pve4', status: 'offline', storage: [ceph, fast] }),
  ];
  const onFast = { key: 'scsi0', storage: 'fast', volume: 'fast:d', size_gb: 5, is_cdrom: false, is_shared: false };
  const guests = [
    aGuest({ vmid: 100 }),
    aGuest({ vmid: 101, disks: [onFast] }),
    aGuest({ vmid: 102, disks: null, unknown: ['config'] }),
    aGuest({ vmid: 103, type: 'CT', node: 'pve2' }),
  ];
  await showSnapshot(gateway, aCluster(nodes, guests, { snapshot_id: 'storage' }));
});
afterAll(() => gateway[Symbol.asyncDispose]());

const verify = async (body: object) => {
  const answer = await gateway.post('/api/storage/verify', body);
  const verified: unknown = await answer.json();
  expect([answer.status, PostStorageVerify.reply.parse(verified)]).toEqual([200, verified]);
  return PostStorageVerify.reply.parse(verified);
};

test('the storage of a node: what is active, in bytes', async () => {
  const { node, storage } = GetNodeStorage.reply.parse(await (await gateway.get('/api/nodes/pve1/storage')).json());
  expect([node, storage]).toEqual([
    'pve1',
    [
      expect.objectContaining({ storage: 'ceph', content: ['images', 'rootdir'], shared: 1 }),
      {
        storage: 'fast',
        type: 'lvmthin',
        content: ['images', 'rootdir'],
        available: 7.5 * 2 ** 30,
        used: 2.5 * 2 ** 30,
        total: 10 * 2 ** 30,
        shared: 0,
      },
    ],
  ]);
  const down = await (await gateway.get('/api/nodes/pve4/storage')).json();
  expect(down).toEqual({ success: true, node: 'pve4', status: 'offline', storage: [] });
  const other = GetNodeStorage.reply.parse(await (await gateway.get('/api/nodes/pve2/storage')).json());
  expect(other.storage.map((one) => one.storage)).toEqual(['ceph']);
});

describe('one guest', () => {
  test('that fits', async () => {
    expect(await verify({ vmid: 101, target_node: 'pve3' })).toMatchObject({
      source_node: 'pve1',
      target_storage: { pve3: ['ceph', 'fast'] },
      guests: [{ vmid: 101, type: 'qemu', compatible_targets: ['pve3'] }],
      compatible: true,
      required_storage: ['fast'],
      missing_storage: [],
    });
  });

  test('that doesn’t', async () => {
    expect(await verify({ vmid: 101, target_node: 'pve2' })).toMatchObject({
      vmid: 101,
      target_node: 'pve2',
      target_storage: { pve2: ['ceph'] },
      compatible: false,
      required_storage: ['fast'],
      missing_storage: ['fast'],
    });
  });

  test('whose disks go to another storage', async () => {
    const map = { vmid: 101, target_node: 'pve2', storage_map: { fast: 'ceph' } };
    expect(await verify(map)).toMatchObject({ compatible: true, required_storage: ['fast'], missing_storage: [] });
    const { guests } = await verify({ source_node: 'pve1', target_nodes: ['pve2'], storage_map: { fast: 'ceph' } });
    expect(guests.map(({ compatible_targets }) => compatible_targets.length)).toEqual([1, 1, 0]);
  });

  test('that is to go to a node which is down', async () => {
    expect(await verify({ vmid: 100, target_node: 'pve4' })).toMatchObject({
      compatible: false,
      target_storage: { pve4: [] },
      missing_storage: ['ceph'],
      guests: [{ incompatible_targets: [{ reasons: [{ storage: 'ceph', reason: 'pve4 is offline' }] }] }],
    });
  });

  test('of which too little is known is never compatible', async () => {
    const { compatible, guests } = await verify({ vmid: 102, target_node: 'pve3' });
    expect([compatible, guests[0]?.error]).toEqual([false, 'its configuration could not be read']);
  });
});

test('every guest of a node, or those that are named; each once', async () => {
  const body = { source_node: 'pve1', target_nodes: ['pve2', 'pve3', 'pve2'] };
  const all = await verify(body);
  expect(all.guests.map(({ vmid, compatible_targets }) => [vmid, compatible_targets])).toEqual([
    [100, ['pve2', 'pve3']],
    [101, ['pve3']],
    [102, []],
  ]);
  expect(all.vmid).toBeUndefined();
  const named = await verify({ ...body, guests: [101, 103, 999, 101] });
  expect(named.guests.map(({ vmid, type, error }) => [vmid, type, error])).toEqual([
    [101, 'qemu', undefined],
    [103, 'unknown', 'is on pve2, not on pve1'],
    [999, 'unknown', 'no such guest in the cluster'],
  ]);
});

test.each([
  ['a guest nobody knows', { vmid: 999, target_node: 'pve2' }, 'guest-not-found'],
  ['a target nobody knows', { vmid: 100, target_node: 'pve9' }, 'node-not-found'],
  ['a target called like what every object has', { vmid: 100, target_node: 'constructor' }, 'node-not-found'],
  ['a source nobody knows', { source_node: 'pve9', target_nodes: ['pve2'] }, 'node-not-found'],
  ['one target among others', { source_node: 'pve1', target_nodes: ['pve2', 'pve9'] }, 'node-not-found'],
])('%s is 404', async (_, body, code) => {
  expect(await refusal(await gateway.post('/api/storage/verify', body))).toMatchObject({ status: 404, code });
});

const alien = (fields: string[], form: string) =>
  fields.map((path) => ({ path, message: `does not go together with ${form}` }));

test.each<[object, object[]]>([
  [{}, [{ path: '', message: 'wants either vmid and target_node, or source_node and target_nodes' }]],
  [{ vmid: 100 }, [{ path: 'target_node', message: 'is missing' }]],
  [{ target_node: 'pve2' }, [{ path: 'vmid', message: 'is missing' }]],
  [{ source_node: 'pve1' }, [{ path: 'target_nodes', message: 'is missing' }]],
  [{ guests: [100] }, ['source_node', 'target_nodes'].map((path) => ({ path, message: 'is missing' }))],
  [{ vmid: 100, target_node: 'pve2', source_node: 'pve3' }, alien(['source_node'], 'vmid and target_node')],
  [
    { vmid: 100, target_node: 'pve2', source_node: 'pve1', target_nodes: ['pve2'], guests: [] },
    alien(['source_node', 'target_nodes', 'guests'], 'vmid and target_node'),
  ],
  [{ vmid: 100, target_nodes: ['pve2'] }, alien(['target_nodes'], 'vmid')],
  [
    { vmid: 100, target_node: 'pve2', storage_map: { 'a b': 'ceph' } },
    [{ path: expect.stringMatching(/^storage_map/) }],
  ],
  [{ vmid: 100, target_node: 'pve2', storage_map: { fast: '../x' } }, [{ path: 'storage_map.fast' }]],
])('%j is refused, field by field', async (body, details) => {
  const refused = await refusal(await gateway.post('/api/storage/verify', body));
  expect(refused).toMatchObject({ status: 400, code: 'invalid-input', details });
});
