import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseUpid } from '../upid.ts';
import { ClusterOptions, ClusterStatus, Permissions, Version } from './cluster.ts';
import { GuestConfig, GuestStatus, Snapshots } from './guest.ts';
import { HaGroups, HaManagerStatus, HaMigrateAnswer, HaResources, HaRules } from './ha.ts';
import { NodeStatus, NodeStorages, Nodes } from './node.ts';
import { MigratePreconditions } from './preconditions.ts';
import { ClusterResources } from './resources.ts';
import { GuestSamples, NodeSamples } from './rrd.ts';
import { TaskLogLines, TaskStatus, Tasks } from './task.ts';

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'fixtures/proxmox',
);
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
if (files.length === 0) console.warn(`SKIPPED: no recorded answers in ${folder} (set PROXBALANCE_SHARED)`);

/** First match decides. */
const SHAPES: [RegExp, z.ZodType][] = [
  [/^(derived-)?cluster-resources-/, ClusterResources],
  [/^(derived-)?cluster-status-/, ClusterStatus],
  [/^cluster-tasks-|^node-tasks-list-/, Tasks],
  [/^derived-cluster-options-/, ClusterOptions],
  [/^access-permissions-/, Permissions],
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

/** Answers of calls this client does not make, or that are no answers. */
const OTHER =
  /^access-(acl|roles|user)|^cluster-nextid|^(derived-)?ha-status-current|^node-network|^pool|^qemu-list|^storage-|^pve-schema|^derived-errors|^error-|^upid-corpus/;

const read = (file: string): { data: unknown } => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const decode = <T>(shape: z.ZodType<T>, file: string): T => shape.parse(read(file).data);

describe.skipIf(files.length === 0)('recorded answers', () => {
  test('every file is accounted for', () => {
    expect(files.filter((file) => !OTHER.test(file) && !SHAPES.some(([name]) => name.test(file)))).toEqual([]);
  });

  test.each(files.filter((file) => !OTHER.test(file)))('%s is read', (file) => {
    const shape = SHAPES.find(([name]) => name.test(file))?.[1];
    expect(shape?.safeParse(read(file).data).error).toBeUndefined();
  });

  test('no recorded resource row is malformed, and none is lost', () => {
    for (const file of files.filter((name) => /cluster-resources-/.test(name))) {
      const rows = z.array(z.object({ type: z.string() })).parse(read(file).data);
      const found = decode(ClusterResources, file);
      expect(found.malformed).toEqual([]);
      const known = rows.filter(({ type }) => ['node', 'qemu', 'lxc', 'storage'].includes(type));
      expect(found.nodes.length + found.guests.length + found.storages.length).toBe(known.length);
    }
  });

  test('a guest of a dead node has no numbers', () => {
    const { nodes, guests } = decode(ClusterResources, 'derived-cluster-resources-offline-node-9.json');
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
    expect(decode(ClusterStatus, 'cluster-status-pvecli-9.2.2.json')).toMatchObject({
      name: null,
      standalone: true,
      quorate: true,
    });
    expect(decode(ClusterStatus, 'derived-cluster-status-offline-node-9.json')).toMatchObject({
      standalone: false,
      quorate: true,
    });
  });

  test('a running task has neither end nor status', () => {
    const tasks = decode(Tasks, 'cluster-tasks-3nodes-clusterbalance-8.4.json');
    expect(tasks.filter(({ running }) => running).map(({ type }) => type)).toEqual(['vncshell']);
    expect(tasks.find(({ type }) => type === 'hamigrate')).toMatchObject({
      vmid: 121,
      exitStatus: 'OK',
      tokenId: null,
    });
    expect(decode(Tasks, 'cluster-tasks-ha-core.json')[0]).toMatchObject({ running: false, vmid: null });
  });

  test('both spellings of the migration preconditions mean the same', () => {
    const vm = decode(MigratePreconditions, 'derived-qemu-migrate-get-3nodes-9.json');
    expect(vm).toMatchObject({
      running: true,
      allowedNodes: ['pve2'],
      mappedResources: ['hostpci0'],
      localResources: [],
    });
    expect(Object.keys(vm.blockedNodes)).toEqual(['pve3', 'pve4']);
    expect(vm.blockedNodes.pve3).toMatchObject({ storages: ['local-nvme'], resources: ['hostpci0'] });
    expect(vm.localDisks[0]).toMatchObject({ drive: 'scsi0', sizeBytes: 34359738368, attached: true, shared: false });
    const ct = decode(MigratePreconditions, 'derived-lxc-migrate-get-3nodes-9.1.json');
    expect(ct).toMatchObject({ allowedNodes: ['pve2'], dependentHaResources: ['ct:202'], localDisks: [] });
    expect(ct.blockedNodes).toEqual({
      pve3: { storages: [], resources: [], haResources: [{ sid: 'ct:201', cause: 'resource-affinity' }] },
    });
  });

  test('HA: rules, groups and who is in maintenance', () => {
    const rules = decode(HaRules, 'derived-ha-rules-9.json');
    expect(rules[0]).toMatchObject({ affinity: 'negative', sids: ['vm:100', 'vm:101'], applied: true, nodes: [] });
    expect(rules[2]?.nodes).toEqual([
      { node: 'pve1', priority: 2 },
      { node: 'pve2', priority: 0 },
    ]);
    expect(rules[3]).toMatchObject({ applied: false, strict: false });
    expect(decode(HaGroups, 'ha-groups-clusterbalance-8.4.json')[0]).toMatchObject({
      restricted: true,
      failback: false,
    });
    const manager = decode(HaManagerStatus, 'derived-ha-manager-status-9.json');
    expect(manager.maintenanceNodes).toEqual(['pve2']);
    expect(manager.services['vm:101']).toEqual({ node: 'pve1', state: 'migrate', target: 'pve2' });
    expect(decode(HaMigrateAnswer, 'derived-ha-migrate-post-9.json')).toMatchObject({
      comigrated: ['vm:102'],
      blocking: [{ sid: 'vm:101' }],
    });
  });

  test('datacenter options come parsed', () => {
    expect(decode(ClusterOptions, 'derived-cluster-options-full-9.2.json')).toMatchObject({
      crs: { ha: 'static', haRebalanceOnStart: true, haAutoRebalance: false },
      migration: { type: 'secure', network: '10.100.3.0/24' },
      tagStyle: { ordering: 'config', caseSensitive: true },
      userTagAccess: { userAllow: 'existing', list: ['balance', 'pinned'] },
      registeredTags: ['critical'],
    });
  });

  test('pressure is there on 9 and null on 8', () => {
    expect(decode(NodeSamples, 'node-rrddata-hour-pulse-9.2.3.json')[0]?.pressure.cpuSomePercent).toBeCloseTo(1.99, 2);
    expect(decode(NodeSamples, 'node-rrddata-pulse-8.json')[0]).toMatchObject({
      pressure: { cpuSomePercent: null },
      memAvailableBytes: null,
    });
    expect(decode(GuestSamples, 'qemu-rrddata-hour-goproxmox-8.json')[0]).toMatchObject({ cpuRatio: null, vcpus: 4 });
  });

  test('every UPID of the corpus is taken apart and its parts agree with its text', () => {
    const corpus: unknown = JSON.parse(readFileSync(join(folder, 'upid-corpus-mixed.json'), 'utf8'));
    for (const text of z.array(z.string()).parse(corpus)) {
      const upid = parseUpid(text);
      expect(upid?.raw).toBe(text);
      expect(text.split(':').slice(5, 7)).toEqual([upid?.type, upid?.id]);
      expect(text).toContain(`:${upid?.user}${upid?.tokenId === undefined ? '' : `!${upid.tokenId}`}:`);
    }
  });
});
