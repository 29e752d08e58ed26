import { defaultPenalties, ExecutionPlan, type Guest, type MigrationLimits } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { problemOf } from '../recommend/problem.ts';
import { aCluster, aGuest, aNode, withTags } from '../testing/build.ts';
import { defaultLimits, planMoves } from './plan-moves.ts';

const nodes = (...mem: number[]) => mem.map((used, i) => aNode({ name: `pve${i + 1}`, mem: used }));
const plan = (
  cluster: ReturnType<typeof nodes>,
  moves: [guest: Partial<Guest>, target: string][],
  limits: MigrationLimits = defaultLimits,
) => {
  const guests = moves.map(([parts], i) => aGuest({ vmid: 100 + i, ...parts }));
  const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
  const problem = problemOf({
    snapshot: aCluster(cluster, guests),
    thresholds,
    config: defaultPenalties(),
    maintenanceNodes: [],
  });
  const planned = planMoves(
    problem,
    moves.map(([, target], i) => ({ guest: guests[i] as Guest, target })),
    limits,
  );
  expect(() => ExecutionPlan.parse(planned)).not.toThrow();
  return planned;
};
const steps = (planned: ExecutionPlan) =>
  planned.ordered_recommendations.map((one) => [one.parallel_group, one.vmid, one.source_node, one.target_node]);

test('nothing to do → an empty plan; one move → one step', () => {
  expect(plan(nodes(0), [])).toEqual({
    ordered_recommendations: [],
    parallel_groups: [],
    total_steps: 0,
    can_parallelize: false,
  });
  expect(plan(nodes(50, 0), [[{}, 'pve2']])).toMatchObject({ parallel_groups: [[0]], total_steps: 1 });
});

describe('limits', () => {
  const ten = Array.from({ length: 10 }, (): [Partial<Guest>, string] => [{ mem_used_gb: 1, mem_max_gb: 1 }, 'pve2']);

  test('ten moves to one node → one after another, not "parallel"', () => {
    const planned = plan(nodes(50, 0), ten);
    expect(planned.parallel_groups).toEqual(ten.map((_, i) => [i]));
    expect(planned.can_parallelize).toBe(false);
    expect(planned.ordered_recommendations[1]?.reason_for_order).toBe('At most 1 enter pve2 at once');
  });

  test('more at once where the settings allow more', () => {
    expect(plan(nodes(50, 0), ten, { cluster: 8, per_source: 3, per_target: 4 }).parallel_groups[0]).toEqual([0, 1, 2]);
    expect(plan(nodes(50, 0), ten, { cluster: 2, per_source: 3, per_target: 4 }).parallel_groups[0]).toEqual([0, 1]);
  });

  test('moves between different nodes run together', () => {
    const planned = plan(nodes(50, 0, 0), [
      [{}, 'pve2'],
      [{}, 'pve3'],
    ]);
    expect(planned).toMatchObject({ parallel_groups: [[0, 1]], can_parallelize: true });
  });
});

describe('room', () => {
  test('a guest waits until another has left its target', () => {
    const planned = plan(nodes(60, 90, 0), [
      [{ node: 'pve1', mem_used_gb: 8, mem_max_gb: 8 }, 'pve2'],
      [{ node: 'pve2', mem_used_gb: 8, mem_max_gb: 8 }, 'pve3'],
    ]);
    expect(steps(planned)).toEqual([
      [1, 101, 'pve2', 'pve3'],
      [2, 100, 'pve1', 'pve2'],
    ]);
    expect(planned.ordered_recommendations[1]?.reason_for_order).toMatch(
      /^Others have to leave first. Memory would not fit/,
    );
  });

  test('a guest that uses more than its maximum has its room kept as well', () => {
    const planned = plan(
      nodes(60, 60, 50),
      [
        [{ node: 'pve1', mem_used_gb: 1, mem_max_gb: 1 }, 'pve3'],
        [{ node: 'pve1', mem_used_gb: 20, mem_max_gb: 1 }, 'pve3'],
        [{ node: 'pve2', mem_used_gb: 8, mem_max_gb: 8 }, 'pve3'],
        [{ node: 'pve3', mem_used_gb: 8, mem_max_gb: 8 }, 'pve2'],
      ],
      { cluster: 8, per_source: 1, per_target: 8 },
    );
    expect(steps(planned).map(([group, vmid]) => [group, vmid])).toEqual([
      [1, 100],
      [1, 103],
      [2, 101],
      [2, 102],
    ]);
  });

  test('a guest with an exclude tag waits until the other one has left', () => {
    const tags = withTags('exclude_db');
    const planned = plan(nodes(50, 10, 10), [
      [{ node: 'pve1', tags }, 'pve2'],
      [{ node: 'pve2', tags }, 'pve3'],
    ]);
    expect(steps(planned).map(([group, vmid]) => [group, vmid])).toEqual([
      [1, 101],
      [2, 100],
    ]);
  });

  test('two full nodes that change a guest → one is parked on a third and comes back, none is dropped', () => {
    const swap: [Partial<Guest>, string][] = [
      [{ node: 'pve1', mem_used_gb: 14, mem_max_gb: 14 }, 'pve2'],
      [{ node: 'pve2', mem_used_gb: 12, mem_max_gb: 12 }, 'pve1'],
    ];
    const planned = plan(nodes(90, 90, 10), swap);
    expect(steps(planned)).toEqual([
      [1, 101, 'pve2', 'pve3'],
      [2, 100, 'pve1', 'pve2'],
      [3, 101, 'pve3', 'pve1'],
    ]);
    expect(planned.ordered_recommendations[0]).toMatchObject({
      temporary: true,
      reason_for_order: expect.stringContaining('Waits on pve3'),
    });
    expect(planned.deferred).toBeUndefined();
  });

  test('a cycle without room anywhere → told with the reason, not dropped', () => {
    const planned = plan(nodes(90, 90), [
      [{ node: 'pve1', mem_used_gb: 14, mem_max_gb: 14 }, 'pve2'],
      [{ node: 'pve2', mem_used_gb: 12, mem_max_gb: 12 }, 'pve1'],
    ]);
    expect(planned.total_steps).toBe(0);
    expect(planned.deferred).toMatchObject([
      { vmid: 100, reason: expect.stringContaining('Memory') },
      { vmid: 101, reason: expect.stringContaining('Memory') },
    ]);
  });
});
