import {
  GetGuestExplanation,
  GetThresholdSuggestions,
  PostMigrationOptions,
  PostNodeScores,
  PostNotificationsTest,
  PostPlan,
  PostRecommendations,
  PostRefresh,
  RecommendationsGenerated,
  SimulatePenaltyConfig,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { startReceiver } from '../../../tests/support/receiver.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

/* The real recommender, notifier, collector and migrator, each a process of its own, behind the gateway. */

let gateway: Gateway;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  gateway = stack.use(await startGateway());
  for (const name of ['recommender', 'notifier', 'collector', 'migrator'] as const)
    stack.use(await startProcess(name, gateway.env));
  await showSnapshot(gateway);
});
afterAll(() => stack.disposeAsync());

const posted = async (path: string, body: unknown) => {
  const answer = await gateway.post(path, body);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
};

test('a judgement has the caller’s thresholds, is told, and is the one that is read from then on', async () => {
  await using reader = await openEvents(gateway.url, { types: 'recommendations.generated' });
  const body = await eventually(() =>
    posted('/api/recommendations', { cpu_threshold: 50, maintenance_nodes: ['pve1'] }),
  );
  const generation = PostRecommendations.reply.parse(body);
  expect(generation).toEqual(body);
  expect(generation.parameters).toMatchObject({ cpu_threshold: 50, maintenance_nodes: ['pve1'] });
  const read = (await (await gateway.get('/api/recommendations')).json()) as { generated_at: string };
  expect(read.generated_at).toBe(generation.generated_at);
  await eventually(() =>
    expect(reader.of(RecommendationsGenerated).at(-1)).toMatchObject({ dataref: '/api/recommendations' }),
  );
});

test('a plan is made, certified and explained', async () => {
  const body = await eventually(() => posted('/api/plan', { goal: 'evacuate', nodes: ['pve1'], time_limit_ms: 300 }));
  const plan = PostPlan.reply.parse(body);
  expect(plan).toEqual(body);
  expect(plan.explanation.length).toBeGreaterThan(0);
  expect(plan.certificate !== null).toBe(plan.after !== null);
  const nobody = await gateway.post('/api/plan', { goal: 'evacuate', nodes: ['pve77'] });
  expect(await refusal(nobody)).toMatchObject({ status: 404, details: [{ path: 'nodes.0' }] });
});

test('what is saved here is in force there at once', async () => {
  await posted('/api/config', { recommendation_thresholds: { cpu_threshold: 43 } });
  await eventually(async () =>
    expect(await posted('/api/recommendations', {})).toMatchObject({
      parameters: { cpu_threshold: 43, mem_threshold: 70 },
    }),
  );
});

test('node scores, for a guest or for none', async () => {
  for (const body of [{}, { vmid: 100 }, { cpu_threshold: 90, maintenance_nodes: ['pve2'] }]) {
    const answer = await posted('/api/node-scores', body);
    expect(PostNodeScores.reply.parse(answer)).toEqual(answer);
  }
  const asks = [
    ['/api/node-scores', { vmid: 999 }, 'guest-not-found'],
    ['/api/node-scores', { maintenance_nodes: ['pve9'] }, 'node-not-found'],
    ['/api/recommendations', { maintenance_nodes: ['pve1', 'constructor'] }, 'node-not-found'],
  ] as const;
  for (const [path, body, code] of asks)
    expect(await refusal(await gateway.post(path, body))).toMatchObject({ status: 404, code });
});

test('where a guest could go, and why it moves or stays', async () => {
  const options = await posted('/api/guest/100/migration-options', { cpu_threshold: 60, mem_threshold: 70 });
  expect(PostMigrationOptions.reply.parse(options)).toEqual(options);
  expect(options).toMatchObject({ vmid: '100', options: expect.any(Array) });
  const answer = await gateway.get('/api/guests/100/explain');
  expect(answer.status).toBe(200);
  const explanation = await answer.json();
  expect(GetGuestExplanation.reply.parse(explanation)).toEqual(explanation);
  expect(await refusal(await gateway.get('/api/guests/999/explain'))).toMatchObject({ code: 'guest-not-found' });
  expect(await refusal(await gateway.post('/api/guest/999/migration-options', {}))).toMatchObject({ status: 404 });
  for (const body of [{ cpu_threshold: 0 }, { mem_threshold: 'high' }, { unknown: 1 }, { maintenance_nodes: 'pve1' }])
    expect(await refusal(await gateway.post('/api/guest/100/migration-options', body))).toMatchObject({ status: 400 });
});

test('other penalties are tried, then saved, and in force there at once', async () => {
  const config = { current_cpu: 5 };
  expect((await refusal(await gateway.post('/api/penalty-config/simulate', { config }))).status).toBe(400);
  const tried = await posted('/api/penalty-config/simulate', { config: { cpu_extreme_penalty: 130 } });
  const simulation = SimulatePenaltyConfig.reply.parse(tried);
  expect(simulation).toEqual(tried);
  const score = async () => PostNodeScores.reply.parse(await posted('/api/node-scores', {})).scores.pve1?.score;
  expect(await score()).toBe(simulation.node_score_comparison.pve1?.current);
  await posted('/api/penalty-config', { config: { cpu_extreme_penalty: 130 } });
  await eventually(async () => expect(await score()).toBe(simulation.node_score_comparison.pve1?.proposed));
  const asks = [
    [{ config: { weight_current: 0.9 } }, 400, 'invalid-input', 'config.weight_current'],
    [{ config: {}, maintenance_nodes: ['pve9'] }, 404, 'node-not-found', 'maintenance_nodes'],
  ] as const;
  for (const [body, status, code, path] of asks)
    expect(await refusal(await gateway.post('/api/penalty-config/simulate', body))).toMatchObject({
      ...{ status, code, details: [{ path }] },
    });
});

test('thresholds are suggested, with reasons', async () => {
  const answer = await (await gateway.get('/api/recommendations/threshold-suggestions')).json();
  expect(GetThresholdSuggestions.reply.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject({ confidence: 'medium', adjustments: expect.arrayContaining([expect.anything()]) });
});

test('a test message arrives, or says why not without saying where', async () => {
  await using receiver = await startReceiver();
  const save = (url: string) =>
    posted('/api/config', { automated_migrations: { notifications: { providers: { webhook: { url } } } } });
  expect((await refusal(await gateway.post('/api/notifications/test', { provider: 'webhook' }))).status).toBe(400);
  await save(receiver.url);
  const answer = await eventually(() => posted('/api/notifications/test', { provider: 'webhook' }));
  expect(PostNotificationsTest.reply.parse(answer)).toEqual(answer);
  expect(receiver.taken('notification.test')).toHaveLength(1);
  await save('http://2852039166/hunter2');
  await eventually(async () => {
    const refused = await refusal(await gateway.post('/api/notifications/test', { provider: 'webhook' }));
    expect(refused).toMatchObject({ status: 502, code: 'delivery-failed' });
    expect(JSON.stringify(refused)).not.toMatch(/hunter2|2852039166/);
  });
});

test('a collection without a configured cluster is refused with the way out', async () => {
  const refused = await refusal(await gateway.post('/api/refresh'));
  expect(refused).toMatchObject({ status: 503, code: 'proxmox-not-configured' });
});

test('a task can’t be stopped without a configured cluster either', async () => {
  const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
  await eventually(async () => {
    const refused = await refusal(await gateway.post(`/api/tasks/pve1/${encodeURIComponent(upid)}/stop`));
    expect(refused).toMatchObject({ status: 503, code: 'proxmox-not-configured' });
  });
});

test('one that can be tried is queued', async () => {
  await posted('/api/config', {
    proxmox_host: '127.0.0.1:1',
    proxmox_api_token_id: 'lb@pve!main',
    proxmox_api_token_secret: 'hunter2',
  });
  const answer = await eventually(() => posted('/api/refresh', {}));
  expect(PostRefresh.reply.parse(answer)).toEqual(answer);
});
