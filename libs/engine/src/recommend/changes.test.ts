import { defaultPenalties, type Generation, GenerationChanges } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../testing/build.ts';
import { changesSince } from './changes.ts';
import { recommend } from './recommend.ts';

const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
const snapshot = aCluster([aNode({ cpu: 85, mem: 40 }), aNode({ name: 'pve2' })], [aGuest()]);
const judgement = recommend({ snapshot, thresholds, config: defaultPenalties(), maintenanceNodes: [] });

const generation = (generated_at: string, moves: [vmid: number, target: string][]): Generation => ({
  ...judgement,
  recommendations: moves.flatMap(([vmid, target_node]) =>
    judgement.recommendations.map((one) => ({ ...one, vmid, name: `g${vmid}`, target_node })),
  ),
  count: moves.length,
  forecasts: [],
  ai_enhanced: false,
  snapshot_id: 's1',
  snapshot_collected_at: generated_at,
  generation_time_ms: 1,
  generated_at,
  parameters: { ...thresholds, maintenance_nodes: [] },
  changes_since_last: null,
});
const before = generation('2026-02-08T10:20:00Z', [
  [100, 'pve2'],
  [101, 'pve2'],
  [1000, 'pve3'],
  [9, 'pve2'],
]);
const now = generation('2026-02-08T10:30:00Z', [
  [1001, 'pve2'],
  [101, 'pve3'],
  [9, 'pve2'],
  [200, 'pve2'],
]);

test('the first generation has nothing to compare with', () => {
  expect(changesSince(null, now)).toBeNull();
});

test('new, removed and redirected moves are told apart, by vmid as text', () => {
  const changes = changesSince(before, now);
  expect(() => GenerationChanges.parse(changes)).not.toThrow();
  expect(changes).toMatchObject({ timestamp: now.generated_at, previous_timestamp: before.generated_at, unchanged: 1 });
  expect(changes?.new_recommendations.map((one) => one.vmid)).toEqual([1001, 200]);
  expect(changes?.removed_recommendations.map((one) => one.vmid)).toEqual([100, 1000]);
  expect(changes?.changed_targets).toEqual([
    { vmid: 101, name: 'g101', source_node: 'pve1', target_node: 'pve3', old_target: 'pve2', new_target: 'pve3' },
  ]);
});
