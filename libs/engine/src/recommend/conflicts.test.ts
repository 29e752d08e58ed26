import { defaultPenalties, type Guest } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../testing/build.ts';
import { recommend } from './recommend.ts';

const judge = (nodes: Parameters<typeof aCluster>[0], guests: Guest[]) =>
  recommend({
    snapshot: aCluster(nodes, guests),
    thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
    config: defaultPenalties(),
    maintenanceNodes: ['pve1'],
  });
const guests = [100, 101].map((vmid) =>
  aGuest({ vmid, cpu_current: 100, cpu_cores: 4, mem_used_gb: 4, mem_max_gb: 4 }),
);

test('two guests that together fill the only node left → a conflict with its projected load, and both are marked', () => {
  const { conflicts, recommendations } = judge([aNode({ cpu: 60 }), aNode({ name: 'pve2', cpu: 45, mem: 10 })], guests);
  expect(conflicts).toEqual([
    {
      target_node: 'pve2',
      incoming_guests: guests.map(({ vmid, name }) => ({
        vmid,
        name,
        predicted_cpu_impact: 25,
        predicted_mem_impact: 6.2,
      })),
      combined_predicted_cpu: 95,
      combined_predicted_mem: 22.5,
      cpu_threshold: 85,
      mem_threshold: 90,
      exceeds_cpu: true,
      exceeds_mem: false,
      resolution: expect.stringMatching(/^Leave guest-10\d for later/),
    },
  ]);
  expect(recommendations).toMatchObject(guests.map(() => ({ has_conflict: true, conflict_target: 'pve2' })));
});

test('a node that takes them within its limits → no conflict, and nobody is marked', () => {
  const { conflicts, recommendations } = judge([aNode({ cpu: 60 }), aNode({ name: 'pve2', cpu: 20 })], guests);
  expect(conflicts).toEqual([]);
  expect(recommendations.map((one) => one.has_conflict)).toEqual([undefined, undefined]);
});

test('what leaves the node is counted: no conflict where another move makes the room', () => {
  const hot = aGuest({ vmid: 102, node: 'pve2', cpu_current: 100, cpu_cores: 6, mem_used_gb: 1, mem_max_gb: 1 });
  const nodes = [aNode({ cpu: 60 }), aNode({ name: 'pve2', cpu: 50 }), aNode({ name: 'pve3', cpu: 10, mem: 93 })];
  const { conflicts, recommendations } = judge(nodes, [...guests, hot]);
  expect(recommendations.map((one) => [one.vmid, one.target_node])).toEqual([
    [100, 'pve2'],
    [101, 'pve2'],
    [102, 'pve3'],
  ]);
  expect(conflicts).toEqual([]);
});
