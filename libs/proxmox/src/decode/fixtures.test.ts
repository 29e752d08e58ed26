import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeRecorded, readRecorded, recordedData, recordedFiles } from '../../test/recorded.ts';
import { parseUpid } from '../upid.ts';
import { Acl, Roles, Users, UserTokens } from './access.ts';
import { ClusterOptions, ClusterStatus, Permissions, Version } from './cluster.ts';
import { GuestConfig, GuestStatus, Snapshots } from './guest.ts';
import { HaGroups, HaManagerStatus, HaMigrateAnswer, HaResources, HaRules } from './ha.ts';
import { HaStatus } from './ha-status.ts';
import { NetworkInterfaces } from './network.ts';
import { NodeStatus, NodeStorages, Nodes } from './node.ts';
import { NodeGuests } from './node-guests.ts';
import { OnePool, PoolRows } from './pools.ts';
import { MigratePreconditions } from './preconditions.ts';
import { ClusterResources } from './resources.ts';
import { GuestSamples, NodeSamples } from './rrd.ts';
import { StorageDefinitions, StorageVolumes } from './storage.ts';
import { TaskLogLines, TaskStatus, Tasks } from './task.ts';
import { number } from './values.ts';

const files = recordedFiles();

/** First match decides. */
const SHAPES: [RegExp, z.ZodType][] = [
  [/^(derived-)?cluster-resources-/, ClusterResources],
  [/^(derived-)?cluster-status-/, ClusterStatus],
  [/^cluster-tasks-|^node-tasks-list-/, Tasks],
  [/^derived-cluster-options-/, ClusterOptions],
  [/^access-permissions-/, Permissions],
  [/^access-acl-/, Acl],
  [/^access-roles-/, Roles],
  [/^access-users-/, Users],
  [/^access-user-token-list-/, UserTokens],
  [/^pools-list-/, PoolRows],
  [/^pool-members-/, OnePool],
  [/^storage-list-/, StorageDefinitions],
  [/^storage-definition-/, StorageDefinitions.element],
  [/^storage-content-/, StorageVolumes],
  [/^(derived-)?ha-status-current-/, HaStatus],
  [/^node-network-/, NetworkInterfaces],
  [/^qemu-list-/, NodeGuests],
  [/^cluster-nextid-/, number],
  [/^version-/, Version],
  [/^nodes-/, Nodes],
  [/^node-status-/, NodeStatus],
  [/^node-storage-list-/, NodeStorages],
  [/^node-rrddata-/, NodeSamples],
  [/^(guest|lxc|qemu)-rrddata-/, GuestSamples],
  [/^qemu-config-/, GuestConfig],
  [/^(qemu|lxc)-status-current-/, GuestStatus],
  [/^qemu-snapshot-list-/, Snapshots],
  [/^(derived-)?(qemu|lxc)-migrate-get-/, MigratePreconditions],
  [/^(derived-)?ha-resources-/, HaResources],
  [/^derived-ha-rules-/, HaRules],
  [/^ha-groups-/, HaGroups],
  [/^derived-ha-manager-status-/, HaManagerStatus],
  [/^derived-ha-migrate-post-/, HaMigrateAnswer],
  [/^derived-task-status-/, TaskStatus],
  [/^(derived-)?task-log-/, TaskLogLines],
  [/^upid-response-/, z.string().refine((text) => parseUpid(text) !== null)],
];

/** No answers to one call: each has a test of its own below, and the schema has `test/requests.test.ts`. */
const OTHER = /^pve-schema-subset|^derived-errors-catalogue|^error-500-|^upid-corpus-mixed/;

describe.skipIf(files.length === 0)('recorded answers', () => {
  test('every file is accounted for', () => {
    expect(files.filter((file) => !OTHER.test(file) && !SHAPES.some(([name]) => name.test(file)))).toEqual([]);
  });

  test.each(files.filter((file) => !OTHER.test(file)))('%s is read', (file) => {
    const shape = SHAPES.find(([name]) => name.test(file))?.[1];
    expect(shape?.safeParse(recordedData(file)).error).toBeUndefined();
  });

  test('no recorded resource row is malformed, and none is lost', () => {
    for (const file of files.filter((name) => /cluster-resources-/.test(name))) {
      const rows = z.array(z.object({ type: z.string() })).parse(recordedData(file));
      const found = decodeRecorded(ClusterResources, file);
      expect(found.malformed).toEqual([]);
      const known = rows.filter(({ type }) => ['node', 'qemu', 'lxc', 'storage'].includes(type));
      expect(found.nodes.length + found.guests.length + found.storages.length).toBe(known.length);
    }
  });

  test('a guest of a dead node has no numbers', () => {
    const { nodes, guests } = decodeRecorded(ClusterResources, 'derived-cluster-resources-offline-node-9.json');
    expect(nodes[0]).toMatchObject({ status: 'offline', cpuRatio: null, memUsedBytes: null, threads: 96 });
    expect(guests[0]).toMatchObject({
      vmid: 110,
      status: 'unknown',
      name: null,
      cpuRatio: null,
      tags: ['dc', 'critical'],
    });
  });

  test('a standalone host needs no quorum', () => {
    expect(decodeRecorded(ClusterStatus, 'cluster-status-pvecli-9.2.2.json')).toMatchObject({
      name: null,
      standalone: true,
      quorate: true,
    });
    expect(decodeRecorded(ClusterStatus, 'derived-cluster-status-offline-node-9.json')).toMatchObject({
      standalone: false,
      quorate: true,
    });
  });

  test('a running task has neither end nor status', () => {
    const tasks = decodeRecorded(Tasks, 'cluster-tasks-3nodes-clusterbalance-8.4.json');
    expect(tasks.filter(({ running }) => running).map(({ type }) => type)).toEqual(['vncshell']);
    expect(tasks.find(({ type }) => type === 'hamigrate')).toMatchObject({
      vmid: 121,
      exitStatus: 'OK',
      tokenId: null,
    });
    expect(decodeRecorded(Tasks, 'cluster-tasks-ha-core.json')[0]).toMatchObject({ running: false, vmid: null });
  });

  test('both spellings of the migration preconditions mean the same', () => {
    const vm = decodeRecorded(MigratePreconditions, 'derived-qemu-migrate-get-3nodes-9.json');
    expect(vm).toMatchObject({
      running: true,
      allowedNodes: ['pve2'],
      mappedResources: ['hostpci0'],
      localResources: [],
    });
    expect(Object.keys(vm.blockedNodes)).toEqual(['pve3', 'pve4']);
    expect(vm.blockedNodes.pve3).toMatchObject({ storages: ['local-nvme'], resources: ['hostpci0'] });
    expect(vm.localDisks[0]).toMatchObject({ drive: 'scsi0', sizeBytes: 34359738368, attached: true, shared: false });
    const ct = decodeRecorded(MigratePreconditions, 'derived-lxc-migrate-get-3nodes-9.1.json');
    expect(ct).toMatchObject({ allowedNodes: ['pve2'], dependentHaResources: ['ct:202'], localDisks: [] });
    expect(ct.blockedNodes).toEqual({
      pve3: { storages: [], resources: [], haResources: [{ sid: 'ct:201', cause: 'resource-affinity' }] },
    });
  });

  test('HA: rules, groups and who is in maintenance', () => {
    const rules = decodeRecorded(HaRules, 'derived-ha-rules-9.json');
    expect(rules[0]).toMatchObject({ affinity: 'negative', sids: ['vm:100', 'vm:101'], applied: true, nodes: [] });
    expect(rules[2]?.nodes).toEqual([
      { node: 'pve1', priority: 2 },
      { node: 'pve2', priority: 0 },
    ]);
    expect(rules[3]).toMatchObject({ applied: false, strict: false });
    expect(decodeRecorded(HaGroups, 'ha-groups-clusterbalance-8.4.json')[0]).toMatchObject({
      restricted: true,
      failback: false,
    });
    const manager = decodeRecorded(HaManagerStatus, 'derived-ha-manager-status-9.json');
    expect(manager.maintenanceNodes).toEqual(['pve2']);
    expect(manager.services['vm:101']).toEqual({ node: 'pve1', state: 'migrate', target: 'pve2' });
    expect(decodeRecorded(HaMigrateAnswer, 'derived-ha-migrate-post-9.json')).toMatchObject({
      comigrated: ['vm:102'],
      blocking: [{ sid: 'vm:101' }],
    });
  });

  test('datacenter options come parsed', () => {
    expect(decodeRecorded(ClusterOptions, 'derived-cluster-options-full-9.2.json')).toMatchObject({
      crs: { ha: 'static', haRebalanceOnStart: true, haAutoRebalance: false, threshold: null, method: null },
      migration: { type: 'secure', network: '10.100.3.0/24' },
      tagStyle: { ordering: 'config', caseSensitive: true },
      userTagAccess: { userAllow: 'existing', list: ['balance', 'pinned'] },
      registeredTags: ['critical'],
    });
  });

  test('Proxmox’s own balancer, as text and as parsed', () => {
    const crs = 'ha=dynamic,ha-auto-rebalance=1,ha-auto-rebalance-threshold=0.3,ha-auto-rebalance-method=topsis';
    const parsed = Object.fromEntries(crs.split(',').map((part) => part.split('=')));
    for (const options of [{ crs }, { crs: parsed }]) {
      expect(ClusterOptions.parse(options).crs).toMatchObject({
        ...{ ha: 'dynamic', haAutoRebalance: true, threshold: 0.3, margin: null, method: 'topsis' },
      });
    }
  });

  test('pressure is there on 9 and null on 8', () => {
    expect(decodeRecorded(NodeSamples, 'node-rrddata-hour-pulse-9.2.3.json')[0]?.pressure.cpuSomePercent).toBeCloseTo(
      1.99,
      2,
    );
    expect(decodeRecorded(NodeSamples, 'node-rrddata-pulse-8.json')[0]).toMatchObject({
      pressure: { cpuSomePercent: null },
      memAvailableBytes: null,
    });
    expect(decodeRecorded(GuestSamples, 'qemu-rrddata-hour-goproxmox-8.json')[0]).toMatchObject({
      cpuRatio: null,
      vcpus: 4,
    });
  });

  test('every UPID of the corpus is taken apart and its parts agree with its text', () => {
    const corpus: unknown = readRecorded('upid-corpus-mixed.json');
    for (const text of z.array(z.string()).parse(corpus)) {
      const upid = parseUpid(text);
      expect(upid?.raw).toBe(text);
      expect(text.split(':').slice(5, 7)).toEqual([upid?.type, upid?.id]);
      expect(text).toContain(`:${upid?.user}${upid?.tokenId === undefined ? '' : `!${upid.tokenId}`}:`);
    }
  });
});
