import { randomUUID } from 'node:crypto';
import {
  Generate,
  type Generation,
  type NodeTrend,
  ReadGuestMoves,
  ReadGuestProfiles,
  ReadNodeTrends,
  ScoreNodes,
  SnapshotTaken,
} from '@proxbalance/contracts';
import { analyzeNode, clusterTrends } from '@proxbalance/engine';
import { answer, type Kit } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Outside, openOutside, startRecommender } from './support/outside.ts';

let stack: AsyncDisposableStack;
let env: Outside['env'];
let outside: Kit;
let told: Generation[];
beforeEach(async () => {
  ({ stack, env, outside, told } = await openOutside());
});
afterEach(() => stack.disposeAsync());

const start = () => startRecommender({ stack, env });
const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
const snapshot = (hot = 92, parts: Parameters<typeof aCluster>[2] = {}, mem = 85) => {
  const nodes = [aNode({ name: 'pve1', cpu: hot, mem }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
  return aCluster(nodes, guests, { snapshot_id: randomUUID(), collected_at: new Date().toISOString(), ...parts });
};
const take = async (one = snapshot()) => {
  await outside.bus.publish(SnapshotTaken, one);
  return one;
};
const ask = async (wishes: object = {}): Promise<Generation> => {
  const outcome = await outside.bus.ask(Generate, wishes);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};
const scoreOf = async (node: string) => {
  const outcome = await outside.bus.ask(ScoreNodes, {});
  return outcome.ok ? outcome.value[node]?.score : undefined;
};
describe('when', () => {
  test('a snapshot like the last one is scored at once, but judged only for who asks', async () => {
    await start();
    await take(snapshot(90));
    await eventually(() => expect(told).toHaveLength(1));
    const before = await scoreOf('pve1');
    const like = await take(snapshot(91));
    await eventually(async () => expect(await scoreOf('pve1')).not.toBe(before));
    expect(told).toHaveLength(1);
    expect(await ask()).toMatchObject({ snapshot_id: like.snapshot_id, snapshot_collected_at: like.collected_at });
    await eventually(() => expect(told).toHaveLength(2));
    const other = await take(snapshot(70));
    await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(other.snapshot_id));
    expect(told).toHaveLength(3);
  });

  test('all recommendations gone can be told from the event', async () => {
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({ previous_count: null, count: expect.any(Number) });
    await take(snapshot(12, {}, 16));
    await eventually(() => expect(told.at(-1)).toMatchObject({ count: 0, previous_count: told[0]?.count }));
  });

  test('what was asked for with other thresholds is followed by the cluster’s own judgement', async () => {
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    await ask({ cpu_threshold: 99 });
    await take();
    await eventually(() => expect(told.map(({ parameters }) => parameters.cpu_threshold)).toEqual([60, 99, 60]));
  });

  test('after a restart the last generation still stands', async () => {
    const first = await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    await first[Symbol.asyncDispose]();
    await start();
    const before = await eventually(async () => {
      const score = await scoreOf('pve1');
      expect(score).toBeGreaterThan(0);
      return score;
    });
    await take(snapshot(93));
    await eventually(async () => expect(await scoreOf('pve1')).not.toBe(before));
    const other = await take(snapshot(70));
    await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(other.snapshot_id));
    expect(told).toHaveLength(2);
  });
});

describe('asked twice', () => {
  test('the same is answered from what is there, with its age, and told once', async () => {
    await start();
    await take(snapshot(92, { collected_at: new Date(Date.now() - 30_000).toISOString() }));
    await eventually(() => expect(told).toHaveLength(1));
    const [first, second] = [await ask(), await ask()];
    expect(second.generated_at).toBe(first.generated_at);
    expect(second.snapshot_age_seconds).toBeGreaterThanOrEqual(30);
    expect(second.snapshot_age_seconds).toBeLessThan(60);
    const other = await ask({ cpu_threshold: 50 });
    expect(other.generated_at).not.toBe(first.generated_at);
    expect((await ask({ cpu_threshold: 50, maintenance_nodes: [] })).generated_at).toBe(other.generated_at);
    await eventually(() =>
      expect(told.map(({ generated_at }) => generated_at)).toEqual([first, other].map((one) => one.generated_at)),
    );
  });

  test('many at once share one judgement', async () => {
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    const all = await Promise.all(Array.from({ length: 10 }, () => ask({ cpu_threshold: 55 })));
    expect(new Set(all.map(({ generated_at }) => generated_at)).size).toBe(1);
    await ask({ cpu_threshold: 56 });
    await eventually(() => expect(told.at(-1)?.parameters.cpu_threshold).toBe(56));
    expect(told.map(({ parameters }) => parameters.cpu_threshold)).toEqual([60, 55, 56]);
  });
});

describe('the past', () => {
  const now = Math.floor(Date.now() / 1000);
  const rising = (node: string): NodeTrend => {
    const samples = Array.from({ length: 48 }, (_, hour) => {
      return { at: now - (47 - hour) * 3600, sample_count: 12, cpu: 40 + hour, memory: 50, iowait: 1 };
    });
    const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
    return analyzeNode({ node, samples, now, thresholds, lookbackHours: 168, moves: [] });
  };
  const profile = {
    ...{ behavior: 'cyclical' as const, peak_multiplier: 1.5, growth_rate_per_day: 0, avg_cpu: 30, cv: 0.5 },
    ...{ confidence: 'high' as const, data_points: 100, history_days: 4.1, peak_hours: [9] },
  };

  test('is asked of the collector once a run, and shows in what is recommended', async () => {
    let asked = 0;
    await outside.bus.serve([
      answer(ReadNodeTrends, async () => {
        asked++;
        return clusterTrends([rising('pve1'), rising('pve2')]);
      }),
      answer(ReadGuestProfiles, async () => ({
        profiles: Object.fromEntries(guests.map(({ vmid }) => [vmid, profile])),
        generated_at: new Date().toISOString(),
      })),
      answer(ReadGuestMoves, async () => ({
        moves: guests.map(({ vmid }) => ({
          ...{ at: new Date().toISOString(), vmid },
          ...{ source_node: 'pve2', target_node: 'pve1' },
        })),
      })),
    ]);
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    expect(asked).toBe(1);
    expect(told[0]?.judged_with).toEqual({ node_trends: 2, guest_profiles: 8, missing: [] });
    expect(told[0]?.recommendations[0]?.trend_evidence).toMatchObject({
      available: true,
      source_node_trend: { cpu_direction: 'sustained_increase' },
    });
    expect(told[0]?.recommendations[0]?.trend_evidence).toMatchObject({
      guest_trend: { cpu_growth_rate: '+0.0%/day', behavior: 'cyclical', peak_hours: [9], previous_migrations: 1 },
      data_quality: { guest_history_days: 4.1 },
    });
  });

  test('that does not come in time is done without, and that is said', async () => {
    const over = Promise.withResolvers<never>();
    over.promise.catch(() => undefined);
    stack.defer(() => over.reject(new Error('over')));
    await outside.bus.serve([
      answer(ReadNodeTrends, () => over.promise),
      answer(ReadGuestProfiles, () => over.promise),
      answer(ReadGuestMoves, () => over.promise),
    ]);
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1), { withinMs: 4000 });
    expect(told[0]?.judged_with).toMatchObject({
      node_trends: 0,
      missing: [
        expect.stringMatching(/^trends of nodes: collector did not answer/),
        expect.stringMatching(/^profiles/),
        expect.stringMatching(/^moves/),
      ],
    });
    expect(told[0]?.recommendations[0]?.trend_evidence).toMatchObject({ available: false });
    over.reject(new Error('over'));
  });

  test('nobody has: a collector that is not there is not waited for', async () => {
    await start();
    await take();
    await eventually(() => expect(told).toHaveLength(1));
    expect(told[0]?.judged_with?.missing).toEqual(
      ['trends of nodes', 'profiles of guests', 'moves of guests'].map((what) =>
        expect.stringMatching(new RegExp(`^${what}: .*not running`)),
      ),
    );
  });
});
