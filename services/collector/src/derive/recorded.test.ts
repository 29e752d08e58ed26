import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ClusterSnapshot } from '@proxbalance/contracts';
import { readConfigFacts } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { ClusterStatus } from '../../../../libs/proxmox/src/decode/cluster.ts';
import { GuestConfig } from '../../../../libs/proxmox/src/decode/guest.ts';
import { HaGroups, HaResources } from '../../../../libs/proxmox/src/decode/ha.ts';
import { ClusterResources } from '../../../../libs/proxmox/src/decode/resources.ts';
import { Tasks } from '../../../../libs/proxmox/src/decode/task.ts';
import { sampleOf } from '../testing/sample.ts';
import { deriveSnapshot } from './snapshot.ts';

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'fixtures/proxmox',
);
const isThere = existsSync(folder);
if (!isThere) console.warn(`SKIPPED: no recorded cluster in ${folder} (set PROXBALANCE_SHARED)`);

type Shape<T> = { parse(value: unknown): T };
const readAt = '2026-01-01T00:00:00.000Z';
const read = <T>(shape: Shape<T>, name: string): T =>
  shape.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).data);
const part = <T>(shape: Shape<T>, name: string) => ({ value: read(shape, `${name}-clusterbalance-8.4`), readAt });

const recorded = (): ClusterSnapshot => {
  const configs = [102, 111, 171, 208, 500].map((vmid) => {
    const { raw } = read(GuestConfig, `qemu-config-${vmid}-clusterbalance-8.4`);
    return [vmid, { facts: readConfigFacts('qemu', raw), readAt }] as const;
  });
  const sample = sampleOf({
    ...read(ClusterResources, 'cluster-resources-3nodes-clusterbalance-8.4'),
    status: part(ClusterStatus, 'cluster-status-3nodes'),
    tasks: part(Tasks, 'cluster-tasks-3nodes'),
    ha: part(HaResources, 'ha-resources'),
    haPlacement: { value: { rules: null, groups: read(HaGroups, 'ha-groups-clusterbalance-8.4') }, readAt },
    configs: new Map(configs),
  });
  return deriveSnapshot(sample, { id: 's', firstCollectedAt: readAt, requests: 0, seconds: 0 });
};

test.skipIf(!isThere)('a recorded cluster of Proxmox VE 8.4 is taken for what it is', () => {
  const snapshot = recorded();
  expect(ClusterSnapshot.parse(snapshot)).toEqual(snapshot);
  expect(snapshot).toMatchObject({
    cluster_name: 'demo-cluster',
    cluster_health: { quorate: true, nodes: 3, online_nodes: 3 },
    unknown: ['options'],
    running_tasks: [{ type: 'vncshell' }],
    summary: { total_guests: 27, ha_managed_guests: 25 },
  });
  expect(snapshot.ha_rules).toMatchObject([
    { name: 'pve2-fixed', vmids: [500], nodes: [{ node: 'pve2', priority: 0 }], strict: true },
    { name: 'production', strict: false, nodes: [{ priority: 3 }, { priority: 2 }, { priority: 1 }] },
  ]);
});

test.skipIf(!isThere)('its nodes: what they hold, and storages that are shared, or not everywhere', () => {
  const { nodes, guests } = recorded();
  const { pve1, pve2 } = nodes;
  const running = Object.values(guests).filter(({ node, status }) => node === 'pve1' && status === 'running');
  expect(pve1?.committed_mem_gb).toBeCloseTo(
    running.reduce((sum, guest) => sum + guest.mem_max_gb, 0),
    1,
  );
  expect(pve1?.storage.find(({ storage }) => storage === 'nfs-vms')).toMatchObject({ shared: true, active: true });
  expect(pve1?.storage.find(({ storage }) => storage === 'local-lvm')).toMatchObject({ shared: false });
  expect(pve2?.storage.some(({ storage }) => storage === 'backup-disk')).toBe(false);
});

test.skipIf(!isThere)('its guests: who may go, and who may not, and why', () => {
  const { guests } = recorded();
  // Shared disks with a medium of shared storage.
  expect(guests['102']).toMatchObject({ cpu_cores: 2, movable: { online: true, offline: true, reasons: [] } });
  // Two sockets of eight; EFI and TPM on shared storage.
  expect(guests['111']).toMatchObject({ cpu_cores: 16, mem_max_gb: 64, movable: { online: true } });
  expect(guests['111']?.disks?.map(({ key }) => key)).toEqual(expect.arrayContaining(['efidisk0', 'tpmstate0']));
  // A USB dongle, in a restricted group of one node.
  expect(guests['500']?.movable).toMatchObject({
    online: false,
    offline: false,
    reasons: [{ code: 'ha_hold' }, { code: 'passthrough_device', detail: 'uses devices of its host: usb0' }],
  });
  expect(guests['500']?.disks?.find(({ key }) => key === 'efidisk0')).toMatchObject({ is_shared: false });
  // Not in HA; nothing else was recorded of it.
  expect(guests['114']).toMatchObject({ ha_managed: false, unknown: ['config'], movable: { offline: false } });
});
