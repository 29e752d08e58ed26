import type { ClusterSnapshot } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { findChanges, type Outline } from './changes.ts';

type Nodes = Record<string, { status?: string; cpu?: number; mem?: number }>;

const snapshot = (nodes: Nodes, guests: Record<number, string> = {}): ClusterSnapshot =>
  ({
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, { status = 'online', cpu = 10, mem = 10 }]) => [
        name,
        { name, status, cpu_percent: cpu, mem_percent: mem },
      ]),
    ),
    guests: Object.fromEntries(
      Object.entries(guests).map(([vmid, node]) => [vmid, { vmid: Number(vmid), name: `vm-${vmid}`, node }]),
    ),
  }) as unknown as ClusterSnapshot;

/** What is told when one snapshot follows the other. */
function between(...all: ClusterSnapshot[]): [string, unknown][] {
  let outline: Outline | null = null;
  let told: [string, unknown][] = [];
  for (const one of all) {
    const found = findChanges(outline, one);
    outline = found.outline;
    told = found.events.map(({ contract, data }) => [contract.type, data]);
  }
  return told;
}

test('the first snapshot is no change, but a limit that is exceeded is told', () => {
  expect(between(snapshot({ pve1: {} }, { 100: 'pve1' }))).toEqual([]);
  expect(between(snapshot({ pve1: { cpu: 86 } }))).toMatchObject([['node.threshold-crossed', { resource: 'CPU' }]]);
});

test.each<[string, Nodes, Nodes, [string, string]]>([
  ['goes down', { pve1: {} }, { pve1: { status: 'offline' } }, ['online', 'offline']],
  ['comes back', { pve1: { status: 'offline' } }, { pve1: {} }, ['offline', 'online']],
  ['appears', {}, { pve1: {} }, ['absent', 'online']],
  ['vanishes', { pve1: {} }, {}, ['online', 'absent']],
])('a node that %s is told once', (_, before, after, [previous_status, status]) => {
  expect(between(snapshot(before), snapshot(after))).toEqual([
    ['node.status-changed', { node: 'pve1', status, previous_status }],
  ]);
  expect(between(snapshot(before), snapshot(after), snapshot(after))).toEqual([]);
});

test('a value at the limit does not ring twice', () => {
  const cpu = (...values: number[]) => between(...values.map((value) => snapshot({ pve1: { cpu: value } })));
  expect(cpu(84, 85)).toEqual([]);
  expect(cpu(84, 85.1)).toMatchObject([['node.threshold-crossed', { value: 85.1, threshold: 85 }]]);
  expect(cpu(86, 84)).toEqual([]);
  expect(cpu(86, 84, 86)).toEqual([]);
  expect(cpu(86, 80.1)).toEqual([]);
  expect(cpu(86, 80)).toMatchObject([['node.threshold-cleared', { value: 80 }]]);
  expect(cpu(86, 80, 84)).toEqual([]);
});

test('CPU and memory have limits of their own', () => {
  expect(between(snapshot({ pve1: {} }), snapshot({ pve1: { cpu: 91, mem: 91 } }))).toMatchObject([
    ['node.threshold-crossed', { resource: 'CPU', threshold: 85 }],
    ['node.threshold-crossed', { resource: 'Memory', threshold: 90 }],
  ]);
});

test('a node that is down is neither above a limit nor below it again', () => {
  const told = between(snapshot({ pve1: { cpu: 95 } }), snapshot({ pve1: { status: 'offline', cpu: 0 } }));
  expect(told.map(([type]) => type)).toEqual(['node.status-changed']);
});

test('a guest on another node was moved; one that is new or gone was not', () => {
  const before = snapshot({ pve1: {}, pve2: {} }, { 100: 'pve1', 101: 'pve1' });
  const after = snapshot({ pve1: {}, pve2: {} }, { 100: 'pve2', 102: 'pve1' });
  expect(between(before, after)).toEqual([['guest.moved', { vmid: 100, name: 'vm-100', from: 'pve1', to: 'pve2' }]]);
});

const tagged = (...tags: string[]): ClusterSnapshot =>
  ({
    collected_at: '2026-01-01T00:00:00.000Z',
    nodes: {},
    guests: { 100: { vmid: 100, name: 'web', node: 'pve1', tags: { all_tags: tags } } },
  }) as unknown as ClusterSnapshot;

test('changed tags are told, the same in another order are not', () => {
  expect(between(tagged('a', 'b'), tagged('b', 'a'))).toEqual([]);
  expect(between(tagged('a'), tagged('a', 'c'))).toMatchObject([
    ['guest.tags-changed', { vmid: 100, tags: ['a', 'c'], read_at: '2026-01-01T00:00:00.000Z' }],
  ]);
});

test('tags that were told already are not told again, those of an older outline never', () => {
  const { outline } = findChanges(null, tagged('a'));
  expect(findChanges(outline, tagged('b'), new Map([[100, 'b']])).events).toEqual([]);
  expect(findChanges({ nodes: {}, guests: { 100: 'pve1' } }, tagged('b')).events).toEqual([]);
});
