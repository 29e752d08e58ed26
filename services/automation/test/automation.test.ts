import {
  type AutomationRun,
  Generate,
  RecommendationsGenerated,
  RunFinished,
  RunStarted,
  Settings,
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
import { Queue } from 'bullmq';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRedis, type TestBroker } from '../../../tests/support/brokers.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { openInProcess, testEnv } from '../../../tests/support/in-process.ts';
import { aGeneration, aRecommendation } from '../../../tests/support/nouns.ts';
import { openAutomation } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { openHistory } from '../src/history.ts';

let stack: AsyncDisposableStack;
let redis: TestBroker;
let env: Env;
let outside: Kit;
let begun: string[];
let ended: AutomationRun[];
let revision: number;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  redis = stack.use(await startRedis());
  env = testEnv({ REDIS_URL: redis.url });
  const scope = openScope();
  stack.defer(() => scope.close());
  outside = await openKit(scope, await openProcess(scope, readConfig(env), 'recommender'), 'recommender');
  [begun, ended, revision] = [[], [], 0];
  outside.bus.observe(RunStarted, ({ data }) => void begun.push(data.run_id));
  outside.bus.observe(RunFinished, ({ data }) => void ended.push(data));
});
afterEach(() => stack.disposeAsync());

const start = async () => stack.use(await openInProcess(env, 'automation', readConfig, openAutomation));
const configure = async (more: object) => {
  const settings = Settings.parse({ automated_migrations: { check_interval_minutes: 1, ...more } });
  const document = outside.bus.document(settingsDocument);
  revision = await document.write(sealSecrets(Settings, settings, outside.secrets), revision);
};
const recommend = (collectedAt = new Date()) =>
  outside.bus.publish(
    RecommendationsGenerated,
    aGeneration({
      recommendations: [aRecommendation({ vmid: 100 }), aRecommendation({ vmid: 101 })],
      snapshot_collected_at: collectedAt.toISOString(),
    }),
  );
const ticks = async () => {
  const queue = new Queue('cycles', {
    connection: { url: redis.url },
    prefix: `${env.PROXBALANCE_NAMESPACE}:automation`,
  });
  const [schedulers, delayed] = await Promise.all([queue.getJobSchedulers(), queue.getDelayedCount()]);
  await queue.close();
  return { schedulers: schedulers.map(({ every }) => every), delayed };
};

test('off by default: there are no ticks, and nothing runs', async () => {
  await start();
  await recommend();
  await eventually(async () => expect(await ticks()).toEqual({ schedulers: [], delayed: 0 }));
  expect(begun).toEqual([]);
});

test('turned on it runs, tells what it would do, and remembers; turned off it stops', async () => {
  await recommend();
  const { kit } = await start();
  await configure({ enabled: true });
  await eventually(() => expect(ended).toHaveLength(1));
  expect(begun).toEqual(ended.map(({ run_id }) => run_id));
  expect(ended[0]).toMatchObject({ dry_run: true, status: 'completed', reason: 'dry run: would move 2 guests' });
  expect(ended[0]?.decisions.map(({ vmid, action }) => `${vmid} ${action}`)).toEqual([
    '100 would-migrate',
    '101 would-migrate',
  ]);
  expect(await openHistory(kit.redis, kit.keyPrefix).all()).toEqual(ended);
  expect(await ticks()).toEqual({ schedulers: [60_000], delayed: 1 });
  await configure({ enabled: false });
  await eventually(async () => expect(await ticks()).toEqual({ schedulers: [], delayed: 0 }));
});

test('old recommendations are refused, and the run says so', async () => {
  await recommend(new Date(Date.now() - 10 * 60_000));
  await configure({ enabled: true });
  await start();
  await eventually(() => expect(ended).toHaveLength(1));
  expect(ended[0]).toMatchObject({
    status: 'refused',
    reason: 'the recommendations are 10 minutes old',
    decisions: [],
  });
});

test('what was told long ago may stand still: what the latest snapshot recommends is asked for', async () => {
  await recommend(new Date(Date.now() - 10 * 60_000));
  const fresh = aGeneration({ snapshot_collected_at: new Date().toISOString() });
  await outside.bus.serve([answer(Generate, async () => fresh)]);
  await configure({ enabled: true });
  await start();
  await eventually(() => expect(ended).toHaveLength(1));
  expect(ended[0]).toMatchObject({ status: 'completed', reason: 'dry run: would move 1 guest' });
});

test('two replicas: one run a tick, also after a restart and when other settings change', async () => {
  await recommend();
  await configure({ enabled: true });
  await start();
  const second = await start();
  await eventually(() => expect(ended).toHaveLength(1));
  await configure({ enabled: true, notifications: { enabled: true } });
  await second[Symbol.asyncDispose]();
  await start();
  await eventually(async () => expect(await ticks()).toEqual({ schedulers: [60_000], delayed: 1 }));
  await configure({ enabled: true, check_interval_minutes: 7 });
  await eventually(async () => expect((await ticks()).schedulers).toEqual([420_000]));
  expect(begun.length).toBeLessThanOrEqual(2);
  expect(new Set(begun).size).toBe(begun.length);
});

test('turned on while Redis is away, it runs when Redis is back', async () => {
  await start();
  await recommend();
  await redis.stop();
  await configure({ enabled: true });
  await redis.restart();
  await eventually(() => expect(ended).toHaveLength(1), { withinMs: 20_000 });
});
