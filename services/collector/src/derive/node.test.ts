import { Node } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { configFacts, guestRow, nodeRow, nodeSample, storageRow } from '../testing/rows.ts';
import { deriveGuest } from './guest.ts';
import { deriveNode, type NodeKnowledge } from './node.ts';
import { deriveNodeHistory } from './node-history.ts';

const guest = (more: Parameters<typeof guestRow>[0] = {}) =>
  deriveGuest(guestRow(more), {
    config: { facts: configFacts(), readAt: '2026-01-01T00:00:00.000Z' },
    ha: new Map(),
    rates: null,
    isShared: () => true,
  });

const known = (more: Partial<NodeKnowledge> = {}): NodeKnowledge => ({
  guests: [],
  storages: [storageRow()],
  history: deriveNodeHistory([nodeSample(0)], [nodeSample(0)]),
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

test('committed memory is that of running guests, the list is of all', () => {
  const guests = [guest(), guest({ vmid: 101, status: 'stopped' }), guest({ vmid: 102, tags: ['io_exempt'] })];
  expect(deriveNode(nodeRow(), known({ guests }))).toMatchObject({
    guests: [100, 101, 102],
    committed_mem_gb: 8,
    mem_overcommit_ratio: 0.13,
    iowait_exempt: true,
    iowait_exempt_guests: [{ vmid: 102, reason: 'tag' }],
  });
});

test('what could not be read is named', () => {
  const node = deriveNode(nodeRow(), known({ history: null, storages: [] }));
  expect(node.unknown).toEqual(['history', 'storage']);
  expect(node.metrics.has_historical).toBe(false);
});
