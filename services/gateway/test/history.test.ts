import {
  GetGuestHistory,
  GetGuestProfiles,
  GetGuestTrend,
  GetNodeTrend,
  GetNodeTrends,
  type GuestTrend,
  type MetricTrend,
  type NodeTrend,
  PostStopTask,
  ReadGuestHistory,
  ReadGuestProfiles,
  ReadGuestTrend,
  ReadNodeTrends,
  type RouteContract,
  StopTask,
} from '@proxbalance/contracts';
import { answer } from '@proxbalance/service-kit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Gateway, play, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

/* The collector's side of the bus is played here: what matters is what it is asked, and what becomes of its answers. */

let gateway: Gateway;
let asked: unknown[];
beforeAll(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
  const hear = <Q, A>(say: (request: Q) => A) => {
    return async (request: Q) => {
      asked.push(request);
      return say(request);
    };
  };
  const at = new Date().toISOString();
  await play(await gateway.as('collector'), [
    answer(
      ReadGuestHistory,
      hear(({ vmid, hours }) => ({ vmid, hours, resolution_seconds: 300, points: [] })),
    ),
    answer(
      ReadGuestProfiles,
      hear(() => ({ profiles: {}, generated_at: at })),
    ),
    answer(
      ReadNodeTrends,
      hear(({ nodes = ['pve1', 'gone'] }) => clusterTrends(nodes)),
    ),
    answer(
      ReadGuestTrend,
      hear(({ vmid }) => guestTrend(vmid)),
    ),
  ]);
  await play(await gateway.as('migrator'), [
    answer(
      StopTask,
      hear(({ upid }) => ({ message: `stopped ${upid}` })),
    ),
  ]);
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  asked = [];
});

const metric: MetricTrend = {
  direction: 'unknown',
  rate_per_day: 0,
  rate_display: '0.0%/day',
  confidence: 'low',
  r_squared: 0,
  current_avg: null,
  projected_value: null,
  hours_to_threshold: null,
  stability_score: 50,
  stability_label: 'unknown',
  data_points: 0,
};
const data_quality = { total_samples: 0, oldest_sample_age_hours: 0, coverage_days: 0, recent_sample_count: 0 };
const nodeTrend = (node: string): NodeTrend => ({
  node,
  lookback_hours: 168,
  data_quality,
  cpu: metric,
  memory: metric,
  iowait: metric,
  cpu_baseline: null,
  mem_baseline: null,
  cpu_above_baseline: false,
  cpu_baseline_sigma: null,
  mem_above_baseline: false,
  mem_baseline_sigma: null,
  overall_stability: 50,
  overall_stability_label: 'unknown',
  overall_direction: 'unknown',
});
const clusterTrends = (nodes: string[]) => ({
  nodes: Object.fromEntries(nodes.filter((name) => name !== 'pve2').map((name) => [name, nodeTrend(name)])),
  cluster_direction: 'unknown' as const,
  top_movers: [],
  data_available: false,
});
const guestTrend = (vmid: number): GuestTrend => ({
  vmid,
  lookback_hours: 168,
  data_quality,
  cpu: metric,
  memory: metric,
  behavior: 'unknown',
  peak_hours: [],
  migration_history: [],
});

const usual = { lookback_days: 7, cpu_threshold: 60, mem_threshold: 70 };

test.each<[string, RouteContract, unknown]>([
  ['guests/100/history', GetGuestHistory, { vmid: 100, hours: 24 }],
  ['guests/100/history?hours=2160', GetGuestHistory, { vmid: 100, hours: 2160 }],
  ['guest-profiles', GetGuestProfiles, {}],
  ['trends/nodes', GetNodeTrends, usual],
  ['trends/nodes?lookback_days=30&mem_threshold=90', GetNodeTrends, { ...usual, lookback_days: 30, mem_threshold: 90 }],
  ['trends/node/pve1', GetNodeTrend, { ...usual, nodes: ['pve1'] }],
  ['trends/node/pve1?cpu_threshold=1', GetNodeTrend, { ...usual, nodes: ['pve1'], cpu_threshold: 1 }],
  ['trends/guest/101', GetGuestTrend, { vmid: 101, lookback_days: 7 }],
  ['trends/guest/101?lookback_days=1', GetGuestTrend, { vmid: 101, lookback_days: 1 }],
])('/api/%s', async (path, contract, request) => {
  const answer = await gateway.get(`/api/${path}`);
  const body: unknown = await answer.json();
  expect([answer.status, contract.reply.parse(body)]).toEqual([200, body]);
  expect(asked).toEqual([request]);
});

test('the thresholds are those of the settings', async () => {
  await gateway.post('/api/config', { recommendation_thresholds: { cpu_threshold: 44 } });
  await gateway.get('/api/trends/nodes');
  await gateway.post('/api/config', { recommendation_thresholds: { cpu_threshold: 60 } });
  expect(asked).toEqual([{ ...usual, cpu_threshold: 44 }]);
});

test.each([
  ['guests/999/history', 'guest-not-found'],
  ['trends/guest/999', 'guest-not-found'],
  ['trends/node/gone', 'node-not-found'],
])('/api/%s is refused before the collector is asked', async (path, code) => {
  expect(await refusal(await gateway.get(`/api/${path}`))).toMatchObject({ status: 404, code });
  expect(asked).toEqual([]);
});

test('a node of which nothing is stored is 404 too', async () => {
  expect((await refusal(await gateway.get('/api/trends/node/pve2'))).code).toBe('node-not-found');
});

test('a task is stopped by its UPID, encoded or not', async () => {
  const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
  for (const name of [upid, encodeURIComponent(upid)]) {
    const answer = await gateway.post(`/api/tasks/pve1/${name}/stop`);
    expect(PostStopTask.reply.parse(await answer.json()).message).toBe(`stopped ${upid}`);
  }
  expect(asked[0]).toEqual({ node: 'pve1', upid, requested_by: 'local' });
});
