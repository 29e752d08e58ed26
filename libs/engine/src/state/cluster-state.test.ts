import { defaultPenalties, type Guest, type Thresholds } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode, aStorage, withTags } from '../testing/build.ts';
import { type ClusterState, moveGuest, stateOf } from './cluster-state.ts';
import { clusterCost, scaleOf, weigher } from './cost.ts';

const thresholds: Thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
const lvm = aStorage({ storage: 'lvm', shared: false, total_gb: 500, used_gb: 100, avail_gb: 400 });

const moved = (parts: Partial<Guest>, options?: { arrived: boolean }): ClusterState => {
  const guest = aGuest(parts);
  const nodes = [
    aNode({ cpu: 50, mem: 50, storage: [lvm] }),
    aNode({ name: 'pve2', cpu_cores: 32, total_mem_gb: 128, cpu: 10, mem: 10, storage: [lvm] }),
  ];
  const state = stateOf(aCluster(nodes, [guest]), { thresholds, config: defaultPenalties() }, new Set());
  moveGuest(state, guest, state.byName.get('pve1'), state.byName.get('pve2'), options);
  return state;
};
const both = (state: ClusterState) => ['pve1', 'pve2'].map((name) => state.byName.get(name));

test('a move changes load and promised memory on both ends, each by its own size', () => {
  const [source, target] = both(moved({ cpu_current: 50, cpu_cores: 4, mem_used_gb: 8, mem_max_gb: 16 }));
  expect(source?.node).toMatchObject({ cpu_percent: 37.5, mem_percent: 37.5, committed_mem_gb: 0, guests: [] });
  expect(target?.node).toMatchObject({ cpu_percent: 16.25, mem_percent: 16.25, committed_mem_gb: 48, guests: [100] });
  expect([source?.load.cpu, target?.load.cpu]).toEqual([37.5, 16.25]);
  expect([source?.usedGb, target?.usedGb, target?.reservedGb]).toEqual([24, 20.8, 8]);
});

test('a guest that does not run brings no load, but its local disk', () => {
  const disk = { key: 'scsi0', storage: 'lvm', volume: 'v', size_gb: 100, is_cdrom: false, is_shared: false };
  const [source, target] = both(moved({ status: 'stopped', disks: [disk] }));
  expect([source?.load.cpu, target?.load.cpu, target?.reservedGb]).toEqual([50, 10, 0]);
  expect([source?.node.storage[0]?.avail_gb, target?.node.storage[0]?.avail_gb]).toEqual([500, 300]);
});

test('tags go with the guest once it has arrived, and count at both ends while it is on its way', () => {
  const tags = withTags('exclude_db');
  const counts = (state: ClusterState) => both(state).map((node) => node?.tags.get('exclude_db') ?? 0);
  expect(counts(moved({ tags }))).toEqual([0, 1]);
  expect(counts(moved({ tags }, { arrived: false }))).toEqual([1, 1]);
});

test('a node measured above 100 % with its arrivals is still told from a fuller one', () => {
  const nodes = [aNode({ cpu: 95 }), aNode({ name: 'pve2', cpu: 95 })];
  const guests = [aGuest({ vmid: 100, node: 'pve2' }), aGuest({ vmid: 101, node: 'pve2' })];
  const state = stateOf(aCluster(nodes, guests), { thresholds, config: defaultPenalties() }, new Set());
  for (const guest of guests) moveGuest(state, guest, state.byName.get('pve2'), state.byName.get('pve1'));
  expect(state.byName.get('pve1')).toMatchObject({ load: { cpu: 120 }, node: { cpu_percent: 100 } });
});

test.each([
  ['the target would end as hot as the source is', 90, 75, null],
  ['the source is somewhat hotter', 50, 30, 'some'],
  ['the source is far hotter', 90, 20, 'some'],
])('%s → worth is told accordingly', (_given, hot, cool, expected) => {
  const guest = aGuest({ cpu_current: 60, mem_used_gb: 0 });
  const nodes = [aNode({ cpu: hot }), aNode({ name: 'pve2', cpu: cool })];
  const state = stateOf(aCluster(nodes, [guest]), { thresholds, config: defaultPenalties() }, new Set());
  const [source, target] = both(state);
  if (!source || !target) throw new Error('two nodes are needed');
  const before = clusterCost(state, thresholds, scaleOf(state));
  const worth = weigher(guest, source, thresholds, scaleOf(state))(target);
  moveGuest(state, guest, source, target);
  const saved = before - clusterCost(state, thresholds, scaleOf(state));
  if (expected === null) expect(worth).toBeNull();
  else expect(worth).toBeLessThan(saved);
  if (expected === 'some') expect(worth).toBeGreaterThan(0);
});
