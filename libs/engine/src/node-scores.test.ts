import { defaultPenalties, NodeScores } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { scoreNodes, UnknownGuestError } from './node-scores.ts';
import { aCluster, aGuest, aNode } from './testing/build.ts';

const base = {
  thresholds: { cpu_threshold: 60, mem_threshold: 70 },
  config: defaultPenalties(),
  maintenanceNodes: [] as string[],
};
const cluster = aCluster(
  [
    aNode({ name: 'pve1', cpu: 85, mem: 71 }),
    aNode({ name: 'pve2', cpu: 30, mem: 42 }),
    aNode({ name: 'pve3', cpu: 20, mem: 30 }),
  ],
  [aGuest({ vmid: 100, node: 'pve1' })],
);

test.each([
  ['offline', aNode({ status: 'offline' }), [], 'Node is offline'],
  ['of unknown state', aNode({ status: 'unknown' }), [], 'State of the node is unknown'],
  ['in maintenance', aNode(), ['pve1'], 'Node is in maintenance'],
  ['fenced', aNode({ ha_state: 'fence' }), [], 'HA state of the node is fence'],
])('a node that is %s → not usable, and why', (_given, node, maintenanceNodes, reason) => {
  const scores = scoreNodes({ ...base, snapshot: aCluster([node]), maintenanceNodes });
  expect(scores).toEqual({ pve1: { score: 999_999, suitability_rating: 0, suitable: false, reason } });
  expect(() => NodeScores.parse(scores)).not.toThrow();
});

test('a hot node → unsuitable with its main cause, a cool one → a good target', () => {
  const scores = scoreNodes({ ...base, snapshot: cluster });
  expect(scores.pve1).toMatchObject({ suitable: false, reason: 'CPU is far above its threshold: 85.0 %' });
  expect(scores.pve3).toMatchObject({ suitable: true, reason: 'Good target' });
  expect(() => NodeScores.parse(scores)).not.toThrow();
});

test('with a guest → other nodes are scored with it, its own as it is', () => {
  const plain = scoreNodes({ ...base, snapshot: cluster });
  const withGuest = scoreNodes({ ...base, snapshot: cluster, vmid: 100 });
  expect(withGuest.pve1?.score).toBe(plain.pve1?.score);
  expect(withGuest.pve2?.score).toBeGreaterThan(plain.pve2?.score ?? 0);
});

test('the given penalties count, not the default ones', () => {
  const config = { ...base.config, cpu_extreme_penalty: 500 };
  const scores = scoreNodes({ ...base, snapshot: cluster, config });
  expect(scores.pve1).toMatchObject({ penalty_breakdown: { current_cpu: 500 } });
});

test('a guest nobody knows → UnknownGuestError', () => {
  expect(() => scoreNodes({ ...base, snapshot: cluster, vmid: 999 })).toThrow(UnknownGuestError);
});
