import { defaultPenalties, type Guest } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode, noMountPoints } from '../testing/build.ts';
import { migrateCommand } from './explain-move.ts';
import type { RecommendInput } from './problem.ts';
import { recommend } from './recommend.ts';

const ask = (guests: Guest[], input: Partial<RecommendInput> = {}) =>
  recommend({
    snapshot: aCluster([aNode({ cpu: 85, mem: 71 }), aNode({ name: 'pve2', cpu: 20, mem: 30 })], guests),
    thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
    config: defaultPenalties(),
    maintenanceNodes: [],
    ...input,
  });
const disk = { key: 'scsi0', storage: 'lvm', volume: 'v', size_gb: 1, is_cdrom: false, is_shared: false };

test.each([
  ['a running machine', {}, 'qm migrate 100 pve2 --online'],
  ['a running machine with a local disk', { disks: [disk] }, 'qm migrate 100 pve2 --online --with-local-disks'],
  ['a stopped machine', { status: 'stopped' }, 'qm migrate 100 pve2'],
  ['a running container', { type: 'CT' as const }, 'pct migrate 100 pve2 --restart'],
  ['a stopped container', { type: 'CT' as const, status: 'stopped' }, 'pct migrate 100 pve2'],
])('%s → %s', (_given, guest, command) => {
  expect(migrateCommand(aGuest(guest), 'pve2')).toBe(command);
});

test('the first move of a judgement scores as the earlier system scored it', () => {
  const [move] = ask([aGuest()]).recommendations;
  expect(move?.score_improvement).toBeCloseTo(
    (move?.score_details.source.total_score ?? 0) - (move?.target_node_score ?? 0),
    1,
  );
  expect(move).toMatchObject({ priority: 'high', structured_reason: { primary_reason: 'cpu_imbalance' } });
});

test('a recommendation says why, in words and in numbers', () => {
  const [move] = ask([aGuest()]).recommendations;
  expect(move?.reason).toBe('High CPU on pve1 (85 %); pve2 at 20 % has room');
  expect(move?.decision_explanation).toContain('pve1 goes to 72.5 % CPU');
  expect(move?.structured_reason.contributing_factors.map((one) => one.factor)).toContain('source_cpu');
  expect(move?.score_details.source.explanations?.length).toBeGreaterThan(0);
});

test('the summary and the impact come from the cluster as the moves would leave it', () => {
  const { summary } = ask([aGuest()]);
  expect(summary.batch_impact.after.node_scores).toEqual({
    pve1: { cpu: 72.5, mem: 58.5, guest_count: 0 },
    pve2: { cpu: 32.5, mem: 42.5, guest_count: 1 },
  });
  expect(summary.batch_impact.improvement.variance_reduction_pct).toBeGreaterThan(0);
  expect(summary.predicted_health - summary.cluster_health).toBeCloseTo(
    summary.batch_impact.improvement.health_delta,
    6,
  );
});

test('load that goes from a large node to a small one is not shown as a loss of health', () => {
  const small = aNode({ name: 'pve2', cpu_cores: 8, cpu: 10, mem: 30, total_mem_gb: 32 });
  const snapshot = aCluster(
    [aNode({ cpu_cores: 32, cpu: 80, mem: 40 }), small],
    [aGuest({ mem_used_gb: 2, mem_max_gb: 2 })],
  );
  const { recommendations, summary } = ask([], { snapshot });
  expect(recommendations).toHaveLength(1);
  expect(summary.predicted_health).toBe(summary.cluster_health);
  expect(summary.batch_impact.improvement.health_delta).toBe(0);
  // A node that has to be emptied is another matter: what that does to the others is told.
  const emptied = ask([], { snapshot, maintenanceNodes: ['pve1'] }).summary;
  expect(emptied.predicted_health).toBeLessThan(emptied.cluster_health);
});

test('averages are rounded once', () => {
  const nodes = ['pve1', 'pve2', 'pve3'].map((name) => aNode({ name, cpu: 10.05, mem: 20.34 }));
  const { summary } = ask([], { snapshot: aCluster([...nodes, aNode({ name: 'pve4', cpu: 10.3, mem: 20.3 })]) });
  expect([summary.avg_cpu, summary.avg_mem]).toEqual([10.1, 20.3]);
});

test('advisories use the thresholds of the request', () => {
  const thresholds = { cpu_threshold: 15, mem_threshold: 90, iowait_threshold: 30 };
  const [advisory] = ask([], { thresholds }).capacity_advisories;
  expect(advisory).toMatchObject({ type: 'limited_cpu_headroom', metrics: { cpu_threshold: 15 } });
});

test('a container evacuated with a folder of the host → a warning that names it', () => {
  const bind = {
    key: 'mp0',
    config: '/srv',
    is_bind_mount: true,
    source: '/srv',
    mount_path: '/srv',
    is_shared: false,
  };
  const mount_points = {
    ...noMountPoints(),
    has_mount_points: true,
    has_unshared_bind_mount: true,
    mount_count: 1,
    mount_points: [bind],
  };
  const [move] = ask([aGuest({ type: 'CT', mount_points })], { maintenanceNodes: ['pve1'] }).recommendations;
  expect(move).toMatchObject({ priority: 'critical', mount_point_info: { mount_paths: ['/srv'] } });
  expect(move?.bind_mount_warning).toContain('/srv');
});

test('a guest on a node that is not in the snapshot → skipped, not lost', () => {
  const { skipped_guests, summary } = ask([aGuest({ node: 'pve9' })]);
  expect(skipped_guests).toMatchObject([{ vmid: 100, reason: 'unknown_state' }]);
  expect(summary.total_skipped).toBe(1);
});

test('a guest that would gain too little → the best target and the points it would gain', () => {
  const nodes = [aNode({ cpu: 61, mem: 40 }), aNode({ name: 'pve2', cpu: 45, mem: 40 })];
  const { skipped_guests } = ask([], { snapshot: aCluster(nodes, [aGuest({ cpu_current: 100, cpu_cores: 8 })]) });
  expect(skipped_guests).toMatchObject([{ reason: 'insufficient_improvement', best_target: 'pve2' }]);
  expect(skipped_guests[0]?.score_improvement).toBeTypeOf('number');
});

test('memory that guests on their way may still claim is reserved for them', () => {
  const nodes = [aNode({ mem: 10 }), aNode({ name: 'pve2', mem: 47 })];
  const guests = [100, 101, 102].map((vmid) => aGuest({ vmid, cpu_current: 1, mem_used_gb: 2, mem_max_gb: 12 }));
  const judgement = ask([], { snapshot: aCluster(nodes, guests), maintenanceNodes: ['pve1'] });
  expect(judgement.recommendations.map((one) => one.vmid)).toEqual([100, 101]);
  expect(judgement.skipped_guests).toMatchObject([{ vmid: 102, reason: 'no_suitable_target' }]);
});

test('small guests are spread in a cluster in balance too: it has a plan and is not called at rest', () => {
  const guests = [100, 101, 102, 103].map((vmid) =>
    aGuest({ vmid, cpu_current: 10, cpu_cores: 1, mem_used_gb: 1, mem_max_gb: 1 }),
  );
  const snapshot = aCluster([aNode({ cpu: 15, mem: 15 }), aNode({ name: 'pve2', cpu: 10, mem: 10 })], guests);
  const distribution = { enabled: true, guest_count_threshold: 2, max_cpu_cores: 2, max_memory_gb: 4 };
  const { recommendations, execution_plan, summary } = ask([], { snapshot, distribution });
  expect(recommendations.map((one) => one.structured_reason.primary_reason)).toEqual([
    'distribution_balancing',
    'distribution_balancing',
  ]);
  expect(execution_plan).toMatchObject({ total_steps: 2 });
  expect(summary.convergence_message).toBeUndefined();
  const atRest = ask([], { snapshot });
  expect([atRest.execution_plan, atRest.recommendations]).toEqual([{}, []]);
  expect(atRest.summary.convergence_message).toContain('in balance');
});
