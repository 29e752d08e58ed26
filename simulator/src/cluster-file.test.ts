import { describe, expect, test } from 'vitest';
import { guest, guestIn, nodeIn, SMALL_CLUSTER, smallWorld } from '../test/small-cluster.ts';
import { createClock } from './clock.ts';
import { readWorld } from './cluster-file.ts';
import { InputError } from './fields.ts';

function read(file: unknown) {
  const warnings: string[] = [];
  const world = readWorld(file, {
    clock: createClock(0, 1e-9),
    seed: 1,
    pve: null,
    warn: (message) => warnings.push(message),
  });
  return { world, warnings };
}

test('the file of the contract is read, nulls and zeros included', () => {
  const { world, warnings } = read({
    name: 'lab',
    pve: '9.2',
    quorate: true,
    nodes: [
      {
        name: 'pve1',
        cores: 16,
        mem_bytes: 137438953472,
        status: 'online',
        host_cpu_cores: 0.2,
        host_mem_bytes: 4294967296,
        iowait: 0.01,
        pressure: { cpu: 0, io: 0, memory: 0 },
        cpu_model: 'x86-64-v3',
        net_bytes_per_s: 1180000000,
        storages: [
          {
            storage: 'ceph1',
            type: 'rbd',
            shared: true,
            content: ['images', 'rootdir'],
            total_bytes: 0,
            used_bytes: 0,
          },
        ],
      },
    ],
    guests: [
      {
        vmid: 100,
        name: 'web',
        type: 'qemu',
        node: 'pve1',
        status: 'running',
        cores: 2,
        sockets: 1,
        mem_bytes: 8589934592,
        load: {
          cpu: 0.3,
          mem_used_bytes: 4294967296,
          disk_read_bps: 0,
          disk_write_bps: 0,
          net_in_bps: 0,
          net_out_bps: 0,
          daily_amplitude: 0,
          noise: 0,
          dirty_bytes_per_s: 0,
        },
        disks: [{ key: 'scsi0', storage: 'ceph1', size_bytes: 34359738368 }],
        tags: ['exclude_web'],
        ha: null,
        lock: null,
        template: false,
        snapshots: [],
        config: { hostpci0: '0000:01:00.0' },
      },
    ],
    ha_rules: [],
    options: {},
    tokens: [{ id: 'auditor@pve!ro', secret: 'x', roles: { '/': 'PVEAuditor' } }],
  });
  expect(warnings).toEqual([]);
  expect(Object.fromEntries(guestIn(world, 100).config)).toMatchObject({
    name: 'web',
    memory: '8192',
    scsi0: 'ceph1:vm-100-disk-0,size=32G',
    tags: 'exclude_web',
    hostpci0: '0000:01:00.0',
  });
  expect(world.tokens.get('auditor@pve!ro')?.acl).toEqual([{ path: '/', role: 'PVEAuditor', propagate: true }]);
});

test('names, sizes and placement are enough', () => {
  const { world } = read({
    nodes: [{ name: 'a', cores: 4, mem_bytes: 8e9 }],
    guests: [{ vmid: 100, node: 'a', mem_bytes: 1e9 }],
  });
  expect(guestIn(world, 100)).toMatchObject({ type: 'qemu', name: 'vm-100', cores: 1, lock: null });
});

describe('what cannot be is refused with the place', () => {
  const node = { name: 'a', cores: 4, mem_bytes: 8e9 };
  test.each([
    [[], 'cluster must be an object'],
    [{ nodes: [] }, 'cluster.nodes must name at least one node'],
    [{ nodes: [{ name: 'a', mem_bytes: 1 }] }, 'nodes[0].cores must be a number'],
    [{ nodes: [{ ...node, name: 'a b' }] }, "nodes[0].name 'a b' is not a node name"],
    [{ nodes: [node, node] }, 'node a exists twice'],
    [{ nodes: [node], pve: '7.4' }, 'cluster.pve must be 9.2, 9.1, 9.0 or 8.4'],
    [{ nodes: [node], guests: [{ vmid: 100, node: 'b', mem_bytes: 1 }] }, 'guest 100: there is no node b'],
    [{ nodes: [node], guests: [{ vmid: 5, node: 'a', mem_bytes: 1 }] }, 'guest.vmid must be at least 100'],
    [{ nodes: [node], guests: [{ vmid: 100, node: 'a', mem_bytes: 1, tags: ['a b'] }] }, "'a b' is not a tag"],
    [
      { nodes: [node], guests: [{ vmid: 100, node: 'a', mem_bytes: 1, load: { cpus: 1 } }] },
      'load: unknown field cpus',
    ],
    [{ nodes: [node], tokens: [{ id: 'nobody', secret: 's' }] }, "token 'nobody' is not of the form"],
  ])('%j: %s', (file, message) => {
    expect(() => read(file)).toThrow(InputError);
    expect(() => read(file)).toThrow(message);
  });
});

test('a field nobody knows is a warning, not an error', () => {
  expect(read({ ...SMALL_CLUSTER, colour: 'red' }).warnings).toEqual(['cluster: unknown field colour']);
});

test('used bytes of a storage are what the file says until guests move', () => {
  const world = smallWorld();
  expect(nodeIn(world, 'pve1').storages.get('local-zfs')?.baseUsedBytes).toBe(200 * 2 ** 30 - 12 * 2 ** 30);
});

test('groups of PVE 8 become rules', () => {
  const { world } = read({
    ...SMALL_CLUSTER,
    guests: [guest(100, { ha: { group: 'prod' } })],
    ha_groups: [{ group: 'prod', nodes: 'pve1:2,pve2', restricted: 1, nofailback: 1 }],
  });
  expect(world.rules[0]).toMatchObject({ rule: 'ha-group-prod', resources: ['vm:100'], strict: true });
  expect(world.ha.get('vm:100')?.failback).toBe(false);
});
