import { Node } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { allWell, configFacts, gap, guestRow, nodeRow, nodeSample, noHa, storageRow } from '../testing/rows.ts';
import { deriveGuest } from './guest.ts';
import { deriveNode, type NodeKnowledge } from './node.ts';
import { deriveNodeHistory, deriveWeek } from './node-history.ts';

const guest = (more: Parameters<typeof guestRow>[0] = {}) =>
  deriveGuest(guestRow(more), {
    config: { facts: configFacts(), readAt: '2026-01-01T00:00:00.000Z' },
    ha: noHa,
    rates: null,
    isShared: () => true,
    around: allWell,
  });

const nowMs = 1_000_000_000_000;
const read = (day: Samples, week: Samples = [], secondsAgo = 0) => ({
  ...deriveNodeHistory(day, deriveWeek(week)),
  readAt: nowMs - secondsAgo * 1000,
});
type Samples = Parameters<typeof deriveNodeHistory>[0];

const known = (more: Partial<NodeKnowledge> = {}): NodeKnowledge => ({
  guests: [],
  storages: [storageRow()],
  history: read([nodeSample(0)], [nodeSample(0)]),
  nowMs,
  isOnline: true,
  ...more,
});

test('a node keeps the contract', () => {
  const node = deriveNode(nodeRow(), known());
  expect(Node.parse(node)).toEqual(node);
  expect(node).toMatchObject({ status: 'online', cpu_percent: 50, mem_percent: 50, unknown: [] });
  expect(node.storage).toMatchObject([{ storage: 'ceph1', active: true, shared: true, avail_gb: 75, usage_pct: 25 }]);
});

test.each([
  ['online', nodeRow(), true],
  ['online', nodeRow(), undefined],
  ['offline', nodeRow(), false],
  ['offline', nodeRow({ status: 'offline' }), undefined],
  ['unknown', nodeRow({ status: 'unknown' }), true],
  ['unknown', nodeRow({ cpuRatio: null }), true],
  ['unknown', nodeRow({ memTotalBytes: 0 }), true],
] as const)('%s: row %j, cluster says %s', (status, row, isOnline) => {
  expect(deriveNode(row, known({ isOnline })).status).toBe(status);
});

test('committed memory is that of guests that have theirs, paused ones too; the list is of all', () => {
  const guests = [
    guest(),
    guest({ vmid: 101, status: 'stopped' }),
    guest({ vmid: 102, tags: ['io_exempt'] }),
    guest({ vmid: 103, status: 'paused' }),
    guest({ vmid: 104, status: 'unknown' }),
  ];
  expect(deriveNode(nodeRow(), known({ guests }))).toMatchObject({
    guests: [100, 101, 102, 103, 104],
    committed_mem_gb: 12,
    mem_overcommit_ratio: 0.19,
    iowait_exempt: true,
    iowait_exempt_guests: [{ vmid: 102, reason: 'tag' }],
  });
});

test('what could not be read is named', () => {
  const node = deriveNode(nodeRow(), known({ history: null, storages: [] }));
  expect(node.unknown).toEqual(['history', 'storage']);
  expect(node.metrics.has_historical).toBe(false);
});

test('a history that ends in a gap is not known up to now, and still gives its averages', () => {
  const day = [nodeSample(0), gap(3600)];
  const node = deriveNode(nodeRow(), known({ history: read(day, day) }));
  expect(Node.parse(node)).toEqual(node);
  expect(node).toMatchObject({ unknown: ['history'], metrics: { avg_cpu: 50, has_historical: true } });
  const { isRecent: _, ...older } = read(day, day);
  expect(deriveNode(nodeRow(), known({ history: older })).unknown).toEqual([]);
});

test('a storage that the node can not use is not active, whatever the list says', () => {
  const storageFacts = new Map([['ceph1', { active: false, availableBytes: 0 }]]);
  const node = deriveNode(nodeRow(), known({ storageFacts }));
  expect(node.storage).toMatchObject([{ storage: 'ceph1', active: false, avail_gb: 75 }]);
});

test.each([
  ['less than is not used', 70, 70],
  ['more, a moment later', 80, 75],
])('what guests may fill of a storage is what its node says: %s', (_, gib, avail) => {
  const storageFacts = new Map([['ceph1', { active: true, availableBytes: gib * 2 ** 30 }]]);
  expect(deriveNode(nodeRow(), known({ storageFacts })).storage).toMatchObject([{ active: true, avail_gb: avail }]);
});

test('a node that could not be asked for its storages has unknown ones; one not asked yet has those of the list', () => {
  expect(deriveNode(nodeRow(), known({ storageFacts: null })).unknown).toEqual(['storage']);
  expect(deriveNode(nodeRow(), known({ storageFacts: undefined })).unknown).toEqual([]);
});

test('the ZFS cache is no used memory, and what Proxmox VE 9 tells is there', () => {
  const gib = 2 ** 30;
  const pressure = { ...nodeSample(0).pressure, ioSomePercent: 3 };
  const day = [{ ...nodeSample(0), arcBytes: 16 * gib, memAvailableBytes: 40 * gib, netInBytesPerSecond: 5, pressure }];
  const node = deriveNode(nodeRow(), known({ history: read(day), version: '9.2.2' }));
  expect(node).toMatchObject({
    mem_percent: 25,
    metrics: { current_mem: 25 },
    arc_gb: 16,
    mem_available_gb: 40,
    net_in_bps: 5,
    pve_version: '9.2.2',
    pressure: { io_some: 3, cpu_some: null },
  });
});

test.each([
  ['read a while ago', 800, 5000, [], 25],
  ['that could not be read again', 901, 5000, ['history'], 50],
  ['of before the node was booted', 60, 150, [], 50],
  ['of a node that does not say since when it is up', 0, null, [], 50],
])('the ZFS cache in a history %s', (_, secondsAgo, uptimeSeconds, unknown, percent) => {
  const history = read([{ ...nodeSample(0), arcBytes: 16 * 2 ** 30 }], [], secondsAgo);
  const node = deriveNode(nodeRow({ uptimeSeconds }), known({ history }));
  expect(node).toMatchObject({ mem_percent: percent, arc_gb: percent === 25 ? 16 : null, unknown });
});

test('what an older Proxmox does not tell is null', () => {
  const node = deriveNode(nodeRow(), known());
  expect(node).toMatchObject({ arc_gb: null, mem_available_gb: null, pressure: null, pve_version: null });
});
