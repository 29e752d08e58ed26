import { defaultSettings, type PenaltyPatch, RefusedError, Settings, Simulation } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import type { Generations } from './generations.ts';
import { type JudgeInput, judge } from './judge.ts';
import { headOf, judgedFrom } from './judged.ts';
import { simulate } from './simulate.ts';

const nodes = [
  aNode({ name: 'pve1', cpu: 92, mem: 85 }),
  aNode({ name: 'pve2', cpu: 10, mem: 60 }),
  aNode({ name: 'pve3', cpu: 55, mem: 20 }),
  aNode({ name: 'pve4', status: 'offline' }),
];
const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
const snapshot = aCluster(nodes, guests);
const saved = defaultSettings();
const judgeHere = (input: Omit<JudgeInput, 'now'>) => judge({ ...input, now: () => new Date('2026-02-08T10:30:00Z') });
const generation = (settings: Settings) =>
  judgeHere({ snapshot, settings, wishes: {}, active: [], learned, previous: null });
const learned = { history: [], feedback: [] };
const past = { last: () => ({ moves: [], told: { node_trends: 0, guest_profiles: 0, missing: [] } }) };
type Tried = { settings?: Settings; judged?: typeof judgeHere; [wish: string]: unknown };
const tryOut = (config: PenaltyPatch, { settings = saved, judged = judgeHere, ...wishes }: Tried = {}) => {
  const tried: Generations['tried'] = async (snapshot, wishes, by) =>
    by.map((one) => {
      const generation = judged({ snapshot, wishes, settings: one, active: [], learned, previous: null });
      return judgedFrom({ head: headOf(generation), body: JSON.stringify(generation) });
    });
  return simulate({ generations: { tried }, past, settings: () => settings })(snapshot, { config, ...wishes });
};
const moves = (settings: Settings) =>
  new Map(generation(settings).recommendations.map(({ vmid, target_node }) => [vmid, target_node]));

test('the saved penalties change nothing, whole or in part', async () => {
  const { count } = generation(saved);
  expect(count).toBeGreaterThan(0);
  for (const config of [{}, { cpu_high_penalty: 20 }, saved.penalty_scoring]) {
    const answer = await tryOut(config);
    expect(answer).toMatchObject({ current_count: count, proposed_count: count, unchanged: count, changes: [] });
    for (const { delta } of Object.values(answer.node_score_comparison)) expect(delta).toBe(0);
  }
});

describe('what differs', () => {
  test('moves that are gone, with what keeps their guests', async () => {
    const answer = await tryOut({ min_score_improvement: 1000 });
    expect(Simulation.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ proposed_count: 0, unchanged: 0 });
    expect(answer.changes).toHaveLength(answer.current_count);
    for (const change of answer.changes) {
      expect(change).toMatchObject({ action: 'removed', old_target: change.target_node, new_target: null });
      expect(change.proposed_improvement).toBeTypeOf('number');
      expect(change.proposed_reason).toMatch(/1000 are wanted/);
    }
  });

  test('moves that are new, the other way round', async () => {
    const settings = Settings.parse({ penalty_scoring: { min_score_improvement: 1000 } });
    const answer = await tryOut({ min_score_improvement: 15 }, { settings });
    expect(answer).toMatchObject({ current_count: 0, unchanged: 0 });
    expect(answer.changes.map(({ vmid, new_target }) => [vmid, new_target])).toEqual(
      [...moves(saved)].sort(([a], [b]) => a - b),
    );
    expect(new Set(answer.changes.map(({ action }) => action))).toEqual(new Set(['added']));
  });

  test('moves to other targets; those to the same one are counted', async () => {
    let times = 0;
    const judged = (input: Omit<JudgeInput, 'now'>) => {
      const { recommendations, ...rest } = judgeHere(input);
      if (++times === 1) return { recommendations, ...rest };
      // Turned round, so that the order of the moves is seen not to matter.
      const moved = recommendations.map((move, index) => (index === 0 ? { ...move, target_node: 'pve3' } : move));
      return { ...rest, recommendations: moved.reverse() };
    };
    const answer = await tryOut({}, { judged });
    const [first] = generation(saved).recommendations;
    expect(first?.target_node).toBe('pve2');
    expect(answer.unchanged).toBe(answer.current_count - 1);
    expect(answer.changes).toEqual([
      expect.objectContaining({
        ...{ vmid: first?.vmid, source_node: 'pve1', target_node: 'pve3', action: 'changed' },
        ...{ old_target: 'pve2', new_target: 'pve3', current_reason: first?.reason, proposed_reason: first?.reason },
      }),
    ]);
  });

  test('scores of nodes that are up, by exactly what was changed', async () => {
    const { node_score_comparison: scores } = await tryOut(
      { cpu_extreme_penalty: 130 },
      { maintenance_nodes: ['pve3'] },
    );
    expect(Object.keys(scores)).toEqual(['pve1', 'pve2', 'pve3']);
    expect(scores).toMatchObject({ pve1: { delta: 30 }, pve2: { delta: 0 }, pve3: { delta: 0 } });
    for (const { current, proposed, delta } of Object.values(scores)) expect(proposed - current).toBeCloseTo(delta, 2);
  });
});

test('thresholds and nodes in maintenance are the caller’s, for both judgements', async () => {
  const answer = await tryOut({ min_score_improvement: 1000 }, { cpu_threshold: 99, maintenance_nodes: ['pve1'] });
  expect(answer.parameters).toMatchObject({ cpu_threshold: 99, maintenance_nodes: ['pve1'] });
  expect(answer.current_count).toBe(answer.proposed_count);
});

test('the saved settings are left as they are', async () => {
  const settings = structuredClone(saved);
  await tryOut({ cpu_high_penalty: 999, seasonal_baseline: { enabled: true } }, { settings });
  expect(settings).toEqual(saved);
});

test('penalties that contradict the saved ones are refused by name', async () => {
  const wrong = tryOut({ weight_current: 0.9 });
  await expect(wrong).rejects.toThrow(RefusedError);
  await expect(wrong).rejects.toMatchObject({ details: [{ path: 'config.weight_current' }] });
});
