import { randomUUID } from 'node:crypto';
import {
  ForecastRaised,
  Generate,
  type Generation,
  GiveFeedback,
  type GuestMove,
  type MigrationOutcome,
  OutcomeCaptured,
  ReadFeedback,
  ReadGuestMoves,
  ReadScoreHistory,
  ReadWorkloadPatterns,
  RecommendationsGenerated,
  type ScoreHistory,
  Settings,
  SnapshotTaken,
} from '@proxbalance/contracts';
import {
  answer,
  type Env,
  type Kit,
  openKit,
  openProcess,
  openScope,
  sealSecrets,
  settingsDocument,
} from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { openInProcess, testEnv } from '../../../tests/support/in-process.ts';
import { anOutcome } from '../../../tests/support/nouns.ts';
import { openRecommender } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { openHistoryStore } from '../src/learning/history-store.ts';

let stack: AsyncDisposableStack;
let env: Env & { PROXBALANCE_NAMESPACE: string };
let outside: Kit;
let told: Generation[];
let raised: { node: string; metric: string; severity: string }[];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  env = testEnv();
  const scope = openScope();
  stack.defer(() => scope.close());
  outside = await openKit(scope, await openProcess(scope, readConfig(env), 'collector'), 'collector');
  [told, raised] = [[], []];
  outside.bus.observe(RecommendationsGenerated, ({ data }) => void told.push(data));
  outside.bus.observe(
    ForecastRaised,
    ({ data: { node, metric, severity } }) => void raised.push({ node, metric, severity }),
  );
});
afterEach(() => stack.disposeAsync());

const hour = 3_600_000;
const start = async () => stack.use(await openInProcess(env, 'recommender', readConfig, openRecommender));
const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
const take = async (hot = 92, mem = 85) => {
  const nodes = [
    aNode({ name: 'pve1', cpu: hot, mem }),
    aNode({ name: 'pve2', cpu: 10, mem: 15 }),
    aNode({ name: 'pve3', status: 'offline' }),
  ];
  const one = { snapshot_id: randomUUID(), collected_at: new Date().toISOString() };
  await outside.bus.publish(SnapshotTaken, aCluster(nodes, guests, one));
  return one.snapshot_id;
};
const judged = (count: number) => eventually(() => expect(told.length).toBeGreaterThanOrEqual(count));
const takeAndJudge = async (hot: number, mem: number) => {
  const id = await take(hot, mem);
  await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(id));
};
const generate = async (wishes: object = {}): Promise<Generation> => {
  const outcome = await outside.bus.ask(Generate, wishes);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};
const history = async (more: object = {}): Promise<ScoreHistory> => {
  const outcome = await outside.bus.ask(ReadScoreHistory, { hours: 24, bucket_minutes: 0, ...more });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};
/** Score history as earlier generations would have left it. */
const remember = async (hours: number, cpu: (hoursAgo: number) => number) => {
  const store = openHistoryStore(outside.redis, `${env.PROXBALANCE_NAMESPACE}:recommender`);
  for (let ago = hours; ago > 0; ago--)
    await store.append({ at: Date.now() - ago * hour, health: 60, count: 0, nodes: { pve1: [40, cpu(ago), 30] } });
};
const save = (settings: object) =>
  outside.bus.document(settingsDocument).write(sealSecrets(Settings, Settings.parse(settings), outside.secrets), 0);

test('each generation leaves a row: scores and load of the nodes that are online', async () => {
  await start();
  await take();
  await judged(1);
  await generate({ cpu_threshold: 70 });
  const { history: rows } = await eventually(async () => {
    const found = await history();
    expect(found.history).toHaveLength(2);
    return found;
  });
  const [generation] = told;
  expect(rows[0]).toMatchObject({
    timestamp: generation?.generated_at,
    cluster_health: generation?.summary.cluster_health,
    recommendation_count: generation?.count,
    nodes: { pve1: { cpu: 92, mem: 85 }, pve2: { cpu: 10, mem: 15 } },
  });
  expect(Object.keys(rows[0]?.nodes ?? {})).toEqual(['pve1', 'pve2']);
  const { score = 0, suitability = 0 } = rows[0]?.nodes.pve1 ?? {};
  expect(score + suitability).toBeCloseTo(100, 0);
  expect(await history({ bucket_minutes: 60, node: 'pve2' })).toMatchObject({
    bucket_minutes: 60,
    history: [{ nodes: { pve2: { cpu: 10 } } }],
  });
});

describe('forecasts', () => {
  test('are made of the history, told once, and told again when they get more severe', async () => {
    await remember(48, (ago) => 58 - ago / 12);
    await start();
    await take(58, 30);
    await judged(1);
    expect(told[0]?.forecasts).toMatchObject([{ node: 'pve1', metric: 'cpu', threshold: 60, severity: 'warning' }]);
    expect(told[0]?.forecasts[0]?.projected_low).toBeLessThanOrEqual(told[0]?.forecasts[0]?.projected_value ?? 0);
    await eventually(() => expect(raised).toEqual([{ node: 'pve1', metric: 'cpu', severity: 'warning' }]));
    await start();
    await eventually(() => generate());
    await takeAndJudge(58, 40);
    await takeAndJudge(59.5, 30);
    await eventually(() => expect(raised.map(({ severity }) => severity)).toEqual(['warning', 'critical']));
  });

  test('do not take a guest that came for a trend: when it came is asked of the collector', async () => {
    await remember(72, (ago) => (ago < 30 ? 57 : 37));
    let moves: GuestMove[] = [];
    await outside.bus.serve([answer(ReadGuestMoves, async () => ({ moves }))]);
    await start();
    await take(57, 30);
    await judged(1);
    expect(told[0]?.forecasts).toMatchObject([{ node: 'pve1', metric: 'cpu' }]);
    const at = new Date(Date.now() - 29.5 * hour).toISOString();
    moves = [{ at, vmid: 100, source_node: 'pve2', target_node: 'pve1' }];
    await takeAndJudge(57, 40);
    expect(told.at(-1)?.forecasts).toEqual([]);
  });

  test('with thresholds that somebody only tries are answered and not told', async () => {
    await remember(48, (ago) => 40 - ago / 12);
    await start();
    await take(40, 30);
    await judged(1);
    expect(told[0]?.forecasts).toEqual([]);
    expect((await generate({ cpu_threshold: 42 })).forecasts).toMatchObject([{ threshold: 42 }]);
    await generate();
    expect(raised).toEqual([]);
  });
});

describe('feedback', () => {
  const confidenceOf = ({ recommendations }: Generation, vmid: number) =>
    recommendations.find((one) => one.vmid === vmid);

  test('moves the confidence of such a move, is shown in it, and counts for all replicas', async () => {
    await start();
    await start();
    await take();
    await judged(1);
    const before = await generate();
    const [move] = before.recommendations;
    if (!move) throw new Error('nothing recommended');
    const { vmid, source_node, target_node } = move;
    for (let vote = 0; vote < 4; vote++)
      expect(
        await outside.bus.ask(GiveFeedback, {
          vmid,
          rating: 'not_helpful',
          reason: 'too big',
          source_node,
          target_node,
        }),
      ).toMatchObject({ ok: true });
    for (let round = 0; round < 4; round++) {
      const after = confidenceOf(await generate(), vmid);
      expect(after?.confidence_score).toBeCloseTo(move.confidence_score - 2.5, 0);
      expect(after?.confidence_notes?.join()).toContain('0 helpful and 4 not');
    }
    expect(await outside.bus.ask(ReadFeedback, {})).toMatchObject({
      value: { total: 4, not_helpful: 4, reason_counts: { 'too big': 4 }, recent: [{ vmid, source_node }, {}, {}, {}] },
    });
  });

  test('the newest 500 are kept', async () => {
    await start();
    const all = Array.from({ length: 510 }, (_, i) =>
      outside.bus.ask(GiveFeedback, { vmid: 100 + i, rating: 'helpful' }),
    );
    await Promise.all(all);
    await outside.bus.ask(GiveFeedback, { vmid: 999, rating: 'helpful' });
    const summary = await outside.bus.ask(ReadFeedback, {});
    if (!summary.ok) throw new Error(summary.error.message);
    expect(summary.value).toMatchObject({ total: 500, helpful_pct: 100 });
    expect(summary.value.recent[0]).toMatchObject({ vmid: 999, reason: '' });
    expect(summary.value.recent).toHaveLength(20);
  });
});

describe('outcomes of past moves', () => {
  const tellOutcomes = async (count: number, parts: Partial<MigrationOutcome>) => {
    for (let index = 0; index < count; index++)
      await outside.bus.publish(OutcomeCaptured, anOutcome({ migration_id: randomUUID(), ...parts }));
  };
  const first = async () => {
    const [move] = (await generate()).recommendations;
    if (!move) throw new Error('nothing recommended');
    return move;
  };

  test('move the confidence of the next ones, for all replicas and after a restart, and are shown there', async () => {
    const early = await start();
    await start();
    await take();
    await judged(1);
    const before = await first();
    expect(before.confidence_notes?.join() ?? '').not.toContain('past moves');
    await tellOutcomes(4, { verdict: 'harmful' });
    await tellOutcomes(3, { verdict: null, status: 'pending_24h' });
    await tellOutcomes(3, { verdict: 'inconclusive' });
    await tellOutcomes(1, { verdict: 'neutral' });
    const after = await eventually(async () => {
      const move = await first();
      expect(move.confidence_notes).toContain('5 past moves: their outcome counts 20.0 instead of 65');
      return move;
    });
    expect(after.confidence_score).toBeCloseTo(before.confidence_score - 0.15 * 45, 0);
    await early[Symbol.asyncDispose]();
    for (let round = 0; round < 3; round++) expect((await first()).confidence_notes?.join()).toContain('5 past moves');
  });

  test('count once, however often they are told', async () => {
    await start();
    await take();
    await judged(1);
    const migration_id = randomUUID();
    for (let time = 0; time < 6; time++) await tellOutcomes(1, { migration_id, verdict: 'harmful' });
    await tellOutcomes(4, { verdict: 'beneficial' });
    await eventually(async () =>
      expect((await first()).confidence_notes).toContain('5 past moves: their outcome counts 90.0 instead of 65'),
    );
  });
});

test('patterns are told in the zone of the settings, or the one that is asked for', async () => {
  await remember(160, (ago) => (new Date(Date.now() - ago * hour).getUTCHours() === 3 ? 10 : 60));
  await start();
  await save({ time_zone: 'Asia/Tokyo' });
  const patterns = async (more: object = {}) => {
    const outcome = await outside.bus.ask(ReadWorkloadPatterns, { hours: 168, ...more });
    if (!outcome.ok) throw new Error(outcome.error.message);
    return outcome.value;
  };
  await eventually(async () => expect((await patterns()).patterns[0]?.time_zone).toBe('Asia/Tokyo'));
  const [own] = (await patterns()).patterns;
  expect(own?.quiet_window).toMatchObject({ start_hour: 9, end_hour: 13 });
  const utc = await patterns({ time_zone: 'UTC' });
  expect(utc).toMatchObject({
    history_entries: 160,
    patterns: [{ node: 'pve1', quiet_window: { start_hour: 0, end_hour: 4 } }],
  });
  expect(await patterns({ node: 'pve2' })).toEqual({ patterns: [], history_entries: 160 });
});

test('a node that is as busy as always at this hour keeps its guests, once that is switched on', async () => {
  await remember(160, () => 58);
  await save({ penalty_scoring: { seasonal_baseline: { enabled: true }, source_mem_migration_floor: 0 } });
  await start();
  await take(58, 60);
  await judged(1);
  expect(new Set(told.at(-1)?.skipped_guests.map(({ reason }) => reason))).toEqual(new Set(['seasonal_baseline']));
});
