import { ClusterSnapshot } from '@proxbalance/contracts';
import type { ClusterOptions, ClusterStatus, HaResource } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { noNodeFacts } from '../node-facts.ts';
import { configFacts, guestRow, nodeRow, storageRow } from '../testing/rows.ts';
import { deriveSnapshot, type Sample } from './snapshot.ts';

const readAt = '2026-01-01T00:00:00.000Z';
const meta = { id: 's1', firstCollectedAt: readAt, requests: 3, seconds: 0.1 };

const status: ClusterStatus = {
  name: 'lab',
  standalone: false,
  quorate: true,
  nodes: [{ name: 'pve1', nodeId: 1, ip: null, local: true, online: true }],
};
const atDefaults = { threshold: null, margin: null, holdDuration: null, method: null, raw: {} };
const options = (ha: string, haAutoRebalance: boolean) =>
  ({ crs: { ha, haAutoRebalance, haRebalanceOnStart: false, ...atDefaults } }) as unknown as ClusterOptions;

const sample = (more: Partial<Sample> = {}): Sample => ({
  resources: {
    value: { nodes: [nodeRow()], guests: [guestRow()], storages: [storageRow()], malformed: [] },
    readAt,
  },
  status: { value: status, readAt },
  tasks: { value: [], readAt },
  ha: { value: [], readAt },
  options: { value: options('basic', false), readAt },
  haPlacement: { value: { rules: [], groups: null }, readAt },
  uncovered: null,
  sight: null,
  nodeFacts: noNodeFacts,
  histories: new Map(),
  historyReadAt: null,
  configs: new Map([[100, { facts: configFacts(), readAt }]]),
  rates: new Map(),
  freshTags: new Map(),
  ...more,
});

test('the same sample gives the same snapshot, which keeps the contract', () => {
  const snapshot = deriveSnapshot(sample(), meta);
  expect(ClusterSnapshot.parse(snapshot)).toEqual(snapshot);
  expect(deriveSnapshot(sample(), meta)).toEqual(snapshot);
  expect(snapshot).toMatchObject({ cluster_name: 'lab', unknown: [], summary: { total_guests: 1, unknown_guests: 0 } });
});

test('each part that was not read is named, and unknown rather than empty', () => {
  const snapshot = deriveSnapshot(
    sample({ status: null, tasks: null, ha: null, options: null, haPlacement: null }),
    meta,
  );
  expect(snapshot.unknown).toEqual(['quorum', 'ha', 'tasks', 'options', 'ha_rules']);
  expect(snapshot).toMatchObject({ cluster_health: { quorate: null }, pve_crs: null, cluster_name: null });
  expect(snapshot.read_at).toMatchObject({ ha: null, tasks: null, quorum: null });
});

test.each([
  ['two hours', '2026-01-01T00:00:00.000Z', []],
  ['longer', '2025-12-31T23:59:59.000Z', ['config']],
])('a configuration that could not be read for %s', (_, configReadAt, unknown) => {
  const configs = new Map([[100, { facts: configFacts(), readAt: configReadAt }]]);
  const { value } = sample().resources;
  const later = { value, readAt: '2026-01-01T02:00:00.000Z' };
  const guest = deriveSnapshot(sample({ configs, resources: later }), meta).guests['100'];
  expect(guest).toMatchObject({ unknown, disks: [{ key: 'scsi0' }], config_read_at: configReadAt });
});

test('what is hidden from the token is named', () => {
  const seen = (value: { guests: boolean; cluster: boolean; storages: boolean }) =>
    deriveSnapshot(sample({ sight: { value, readAt } }), meta).unknown;
  expect(seen({ guests: true, cluster: true, storages: true })).toEqual([]);
  expect(seen({ guests: false, cluster: true, storages: false })).toEqual(['guests', 'storages']);
});

test('a row that could not be understood is named, and hides nothing else', () => {
  const { value } = sample().resources;
  const malformed = [{ id: 'qemu/666', problem: 'vmid: expected number' }];
  const snapshot = deriveSnapshot(sample({ resources: { value: { ...value, malformed }, readAt } }), meta);
  expect(snapshot.unknown).toEqual(['row qemu/666: vmid: expected number']);
  expect(Object.keys(snapshot.guests)).toEqual(['100']);
});

test('a guest on a node nobody lists is kept', () => {
  const { value } = sample().resources;
  const lost = { ...value, guests: [guestRow({ node: 'pve9' })] };
  const snapshot = deriveSnapshot(sample({ resources: { value: lost, readAt } }), meta);
  expect(snapshot.guests['100']?.node).toBe('pve9');
  expect(snapshot.nodes.pve1?.guests).toEqual([]);
});

test.each([
  ['basic', false, false],
  ['dynamic', false, false],
  ['static', true, false],
  ['dynamic', true, true],
])('Proxmox’s own balancer with %s and rebalancing %s: %s', (ha, rebalance, active) => {
  const crs = deriveSnapshot(sample({ options: { value: options(ha, rebalance), readAt } }), meta).pve_crs;
  expect(crs?.dynamic_balancer_active).toBe(active);
});

test.each([
  ['later than the row and its configuration are those of the guest', 1, ['new', 'ignore']],
  ['earlier than the configuration have been edited since', -1, ['edited']],
])('tags that were read %s', (_, seconds, tags) => {
  const fresh = { tags: ['New', 'ignore'], readAt: Date.parse(readAt) + 1000 * seconds };
  const configs = new Map([[100, { facts: configFacts({ tags: ['edited'] }), readAt }]]);
  const snapshot = deriveSnapshot(sample({ configs, freshTags: new Map([[100, fresh]]) }), meta);
  expect(snapshot.guests['100']?.tags?.all_tags).toEqual(tags);
  const { tags: _tags, ...older } = configFacts();
  const kept = new Map([[100, { facts: older, readAt }]]);
  expect(
    deriveSnapshot(sample({ configs: kept, freshTags: new Map([[100, fresh]]) }), meta).guests['100']?.tags,
  ).toMatchObject({ all_tags: ['new', 'ignore'], has_ignore: true });
});

test('guests of a node that is offline can not be moved, and their load is unknown', () => {
  const offline = { ...status, nodes: status.nodes.map((node) => ({ ...node, online: false })) };
  const snapshot = deriveSnapshot(sample({ status: { value: offline, readAt } }), meta);
  expect(snapshot.guests['100']).toMatchObject({
    unknown: ['stats'],
    movable: { online: false, offline: false, reasons: [{ code: 'node_offline' }, { code: 'unknown' }] },
  });
});

test.each([
  ['a cluster without quorum', { status: { value: { ...status, quorate: false }, readAt } }, 'no_quorum'],
  ['a quorum that could not be read', { status: null }, 'unknown'],
  [
    'a node whose numbers are missing',
    {
      resources: {
        ...sample().resources,
        value: { ...sample().resources.value, nodes: [nodeRow({ cpuRatio: null })] },
      },
    },
    'node_unknown',
  ],
  [
    'a node that nobody lists',
    { resources: { ...sample().resources, value: { ...sample().resources.value, nodes: [] } } },
    'node_unknown',
  ],
  [
    'a disk on a storage that gives no sign of life',
    {
      resources: {
        ...sample().resources,
        value: { ...sample().resources.value, storages: [storageRow({ status: 'unknown' })] },
      },
    },
    'storage_unavailable',
  ],
  [
    'a disk on a storage that its node can not use',
    {
      nodeFacts: {
        ...noNodeFacts,
        storages: new Map([['pve1', new Map([['ceph1', { active: false, availableBytes: 0 }]])]]),
      },
    },
    'storage_unavailable',
  ],
])('%s: the guest stays, and says why', (_, more, code) => {
  expect(deriveSnapshot(sample(more), meta).guests['100']?.movable).toMatchObject({
    online: false,
    offline: false,
    reasons: [{ code }],
  });
});

test('a storage that another node can not use keeps nobody here', () => {
  const storages = [storageRow(), storageRow({ node: 'pve2', status: 'unknown' })];
  const { value } = sample().resources;
  const snapshot = deriveSnapshot(sample({ resources: { value: { ...value, storages }, readAt } }), meta);
  expect(snapshot.guests['100']?.movable.online).toBe(true);
});

test('a guest in a strict group of its node alone is held there; without the list of HA guests nobody knows', () => {
  const group = {
    ...{ group: 'g', nodes: [{ node: 'pve1', priority: 0 }], restricted: true, failback: true },
    comment: null,
  };
  const haPlacement = { value: { rules: null, groups: [group] }, readAt };
  const ha = { value: [{ sid: 'vm:100', vmid: 100, state: 'started', group: 'g' } as HaResource], readAt };
  const held = deriveSnapshot(sample({ haPlacement, ha }), meta);
  expect(held.guests['100']?.movable.reasons).toEqual([{ code: 'ha_hold', detail: 'the HA rule g keeps it on pve1' }]);
  const blind = deriveSnapshot(sample({ haPlacement, ha: null }), meta);
  expect(blind).toMatchObject({ ha_rules: null, unknown: ['ha', 'ha_rules'] });
});

test('HA guests are left to Proxmox’s own balancer while it is on', () => {
  const ha = { value: [{ sid: 'vm:100', vmid: 100, state: 'started', group: null } as HaResource], readAt };
  const heldWith = (mode: string, rebalance: boolean) =>
    deriveSnapshot(sample({ ha, options: { value: options(mode, rebalance), readAt } }), meta).guests['100'];
  expect(heldWith('dynamic', false)?.movable.online).toBe(true);
  expect(heldWith('basic', true)?.movable.online).toBe(true);
  for (const mode of ['dynamic', 'static'])
    expect(heldWith(mode, true)?.movable).toMatchObject({ online: false, reasons: [{ code: 'ha_hold' }] });
});

test('backup jobs, HA rules and the nodes’ own facts have their place and their age', () => {
  const pressure = { cpu_some: 1, io_some: null, io_full: null, memory_some: null, memory_full: null };
  const snapshot = deriveSnapshot(
    sample({
      uncovered: { value: [{ vmid: 100, name: null, kind: 'qemu' }], readAt },
      haPlacement: { value: { rules: [], groups: null }, readAt },
      nodeFacts: {
        versions: new Map([['pve1', '9.2.2']]),
        storages: new Map(),
        pressures: new Map([[100, pressure]]),
        readAt: { versions: readAt, storages: null, pressure: readAt },
      },
    }),
    meta,
  );
  expect(ClusterSnapshot.parse(snapshot)).toEqual(snapshot);
  expect(snapshot).toMatchObject({
    ha_rules: [],
    summary: { backed_up_guests: 0 },
    guests: { 100: { has_backup: false, pressure } },
    nodes: { pve1: { pve_version: '9.2.2' } },
    read_at: { backup: readAt, ha_rules: readAt, versions: readAt, storage: null, pressure: readAt },
  });
  expect(deriveSnapshot(sample({ haPlacement: null }), meta)).toMatchObject({
    ha_rules: null,
    guests: { 100: { has_backup: null } },
  });
});
