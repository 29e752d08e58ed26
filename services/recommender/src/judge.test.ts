import { defaultSettings, Generation, RefusedError } from '@proxbalance/contracts';
import { suggestThresholds } from '@proxbalance/engine';
import { describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { judge, judgementParameters } from './judge.ts';

const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
const snapshot = aCluster(
  [aNode({ name: 'pve1', cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })],
  guests,
);
const settings = defaultSettings();
const now = () => new Date('2026-02-08T10:30:00Z');

describe('parameters', () => {
  test('wishes come before settings, value by value', () => {
    const saved = {
      ...settings,
      maintenance_nodes: ['pve2'],
      recommendation_thresholds: { cpu_threshold: 55, mem_threshold: 66, iowait_threshold: 22 },
    };
    expect(judgementParameters(snapshot, saved, { mem_threshold: 40 })).toEqual({
      thresholds: { cpu_threshold: 55, mem_threshold: 40, iowait_threshold: 22 },
      maintenanceNodes: ['pve2'],
    });
    expect(judgementParameters(snapshot, saved, { maintenance_nodes: [] }).maintenanceNodes).toEqual([]);
  });

  test.each([['pve9'], ['constructor'], ['toString'], ['__proto__']])(
    '%s is no node: refused as a wish, passed over in the settings',
    (name) => {
      const wish = () => judgementParameters(snapshot, settings, { maintenance_nodes: ['pve1', name] });
      expect(wish).toThrow(RefusedError);
      expect(wish).toThrow(
        expect.objectContaining({
          code: 'node-not-found',
          details: [expect.objectContaining({ path: 'maintenance_nodes' })],
        }),
      );
      expect(
        judgementParameters(snapshot, { ...settings, maintenance_nodes: ['pve1', name] }, {}).maintenanceNodes,
      ).toEqual(['pve1']);
    },
  );
});

describe('a generation', () => {
  const input = {
    snapshot,
    settings,
    wishes: {},
    active: [],
    previous: null,
    learned: { history: [], feedback: [] },
    now,
  };

  test('has the shape of its contract and says what it was made from', () => {
    const generation = judge(input);
    expect(Generation.parse(generation)).toEqual(generation);
    expect(generation).toMatchObject({
      count: generation.recommendations.length,
      snapshot_id: 's1',
      generated_at: '2026-02-08T10:30:00.000Z',
      changes_since_last: null,
    });
    expect(generation.count).toBeGreaterThan(0);
    expect(generation.ai_enhanced).toBe(false);
    expect(generation.threshold_suggestions).toEqual(suggestThresholds(Object.values(snapshot.nodes)));
  });

  test('spreads small guests, and plans as many moves at once, as the settings say', () => {
    const small = guests.map((guest) => ({ ...guest, cpu_current: 5, cpu_cores: 1, mem_used_gb: 1, mem_max_gb: 1 }));
    const calm = aCluster([aNode({ cpu: 30, mem: 30 }), aNode({ name: 'pve2', cpu: 5, mem: 5 })], small);
    const wanted = {
      ...settings,
      distribution_balancing: { ...settings.distribution_balancing, enabled: true },
      migration_limits: { cluster: 2, per_source: 2, per_target: 2 },
    };
    expect(judge({ ...input, snapshot: calm }).count).toBe(0);
    const spread = judge({ ...input, snapshot: calm, settings: wanted });
    expect(spread.recommendations.map((one) => one.distribution_balancing)).toEqual([true, true, true, true]);
    expect(spread.execution_plan).toMatchObject({
      parallel_groups: [
        [0, 1],
        [2, 3],
      ],
    });
  });

  test('says what changed since the one before', () => {
    const previous = judge(input);
    const same = judge({ ...input, previous });
    expect(same.changes_since_last).toMatchObject({
      unchanged: previous.count,
      new_recommendations: [],
      removed_recommendations: [],
    });
    const calm = judge({
      ...input,
      previous,
      wishes: { cpu_threshold: 100, mem_threshold: 100, iowait_threshold: 100 },
    });
    expect(calm.changes_since_last?.removed_recommendations.length).toBe(previous.count - calm.count);
  });

  test('is surer of its moves when past ones turned out well, and says so; less sure when they did not', () => {
    const sure = (rate?: number) => {
      const outcomes = {
        total_completed: 20,
        success_rate: rate ?? 0,
        beneficial_rate: rate ?? 0,
        avg_accuracy_pct: 60,
      };
      const learned = { ...input.learned, outcomes: rate === undefined ? undefined : outcomes };
      return judge({ ...input, learned }).recommendations[0];
    };
    const [plain, good, bad] = [sure(), sure(95), sure(10)];
    expect((good?.confidence_score ?? 0) - (plain?.confidence_score ?? 0)).toBeCloseTo(0.15 * 35, 0);
    expect((bad?.confidence_score ?? 0) - (plain?.confidence_score ?? 0)).toBeCloseTo(-0.15 * 55, 0);
    expect(good?.confidence_notes?.join()).toContain('20 past moves');
    expect(plain?.confidence_notes).toBeUndefined();
  });

  test('a guest on its way is not recommended again', () => {
    const [first] = judge(input).recommendations;
    const vmid = first?.vmid ?? 0;
    const again = judge({ ...input, active: [aMigration({ vmid, state: 'running' })] });
    expect(again.recommendations.map((one) => one.vmid)).not.toContain(vmid);
  });
});
