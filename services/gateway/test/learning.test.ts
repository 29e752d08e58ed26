import {
  GetDiagnostics,
  GetFeedback,
  GetForecasts,
  GetScoreHistory,
  GetSkippedGuests,
  GetWorkloadPatterns,
  Recommendation,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

/* The real recommender, a process of its own, behind the gateway. */

let gateway: Gateway;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  gateway = stack.use(await startGateway());
});
afterAll(() => stack.disposeAsync());

const json = async (path: string) => {
  const answer = await gateway.get(path);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
};

test('while nothing was judged there is nothing to be shown, and no service is not an empty answer', async () => {
  for (const path of ['skipped', 'forecasts', 'diagnostics', 'export', 'export?format=csv'])
    expect(await refusal(await gateway.get(`/api/recommendations/${path}`))).toMatchObject({
      status: 404,
      code: 'no-recommendations',
      cache_missing: true,
    });
  for (const path of ['score-history', 'workload-patterns', 'recommendations/feedback'])
    expect((await refusal(await gateway.get(`/api/${path}`))).code).toBe('service-unavailable');
});

describe('with a recommender', () => {
  beforeAll(async () => {
    stack.use(await startProcess('recommender', gateway.env));
    await eventually(async () =>
      expect(await refusal(await gateway.get('/api/workload-patterns'))).toMatchObject({
        status: 404,
        code: 'no-history',
        patterns: [],
      }),
    );
    expect(await json('/api/score-history')).toEqual({ success: true, history: [], hours: 24, bucket_minutes: 0 });
    const guests = Array.from({ length: 8 }, (_, i) =>
      aGuest({ vmid: 100 + i, cpu_current: 90, name: `=HYPERLINK(${i})` }),
    );
    const nodes = [aNode({ name: 'pve1', cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
    const at = new Date().toISOString();
    await showSnapshot(gateway, aCluster(nodes, guests, { snapshot_id: 's-learning', collected_at: at }));
    await eventually(() => json('/api/recommendations'));
  });

  test('score history, as it is and in buckets', async () => {
    const body = await eventually(async () => {
      const answer = GetScoreHistory.reply.parse(await json('/api/score-history?hours=48&node=pve1'));
      expect(answer.history.length).toBeGreaterThan(0);
      return answer;
    });
    expect(body.history[0]?.nodes).toMatchObject({ pve1: { cpu: 92, mem: 85 } });
    expect(Object.keys(body.history[0]?.nodes ?? {})).toEqual(['pve1']);
    expect(await json('/api/score-history?bucket=60&limit=1')).toMatchObject({
      hours: 720,
      bucket_minutes: 60,
      history: [{ nodes: { pve2: { cpu: 10 } } }],
    });
    expect(await json('/api/score-history?node=pve9')).toMatchObject({ history: [{ nodes: {} }] });
  });

  test('patterns of nodes that were seen; others are named', async () => {
    const body = GetWorkloadPatterns.reply.parse(await json('/api/workload-patterns?hours=0'));
    expect(body).toMatchObject({
      hours_analyzed: 720,
      patterns: [{ node: 'pve1', daily_pattern: null }, { node: 'pve2' }],
    });
    expect(await json('/api/workload-patterns?node=pve9')).toMatchObject({
      patterns: [],
      message: expect.stringContaining('pve9'),
    });
  });

  test('views of the last generation agree with it', async () => {
    const all = (await json('/api/recommendations')) as {
      count: number;
      skipped_guests: object[];
      generated_at: string;
    };
    const skipped = GetSkippedGuests.reply.parse(await json('/api/recommendations/skipped?limit=1'));
    expect(skipped).toMatchObject({ total_count: all.skipped_guests.length, generated_at: all.generated_at });
    const forecasts = GetForecasts.reply.parse(await json('/api/recommendations/forecasts?metric=cpu&severity=info'));
    expect(forecasts).toEqual({ success: true, forecasts: [], count: 0, generated_at: all.generated_at });
    const { diagnostics } = GetDiagnostics.reply.parse(await json('/api/recommendations/diagnostics'));
    expect(diagnostics).toMatchObject({
      guests_recommended: all.count,
      guests_evaluated: 8,
      scoring_config: { min_score_improvement: 15 },
    });
  });

  test('the export is a file, in both formats', async () => {
    const csv = await gateway.get('/api/recommendations/export?format=CSV');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="recommendations.csv"');
    const [header, first] = (await csv.text()).split('\r\n');
    expect(header).toMatch(/^vmid,name,type,source_node,target_node,reason,/);
    expect(first).toMatch(/^10\d,'=HYPERLINK\(\d\),VM,pve1,pve2,/);
    const list = await gateway.get('/api/recommendations/export');
    expect(list.headers.get('content-disposition')).toBe('attachment; filename="recommendations.json"');
    expect(list.headers.get('content-type')).toMatch(/^application\/json/);
    expect(z.array(Recommendation).parse(await list.json()).length).toBeGreaterThan(0);
  });

  test('feedback is taken, counted and shown', async () => {
    const first = { vmid: 100, rating: 'helpful' };
    const second = { vmid: 101, rating: 'not_helpful', reason: 'wrong target', source_node: 'pve1', target_node: null };
    for (const body of [first, second])
      expect((await gateway.post('/api/recommendations/feedback', body)).status).toBe(200);
    expect(GetFeedback.reply.parse(await json('/api/recommendations/feedback'))).toMatchObject({
      total: 2,
      helpful_pct: 50,
      reason_counts: { 'wrong target': 1 },
      recent: [
        { vmid: 101, source_node: 'pve1', target_node: null },
        { vmid: 100, reason: '', score_improvement: null },
      ],
    });
  });
});

test.each([
  ['/api/score-history?hours=0', 'hours'],
  ['/api/score-history?hours=721', 'hours'],
  ['/api/score-history?hours=many', 'hours'],
  ['/api/score-history?bucket=-1', 'bucket'],
  ['/api/score-history?limit=1e9', 'limit'],
  ['/api/score-history?since=1', 'since'],
  ['/api/workload-patterns?hours=week', 'hours'],
  ['/api/workload-patterns?time_zone=Mars%2FOlympus', 'time_zone'],
  ['/api/recommendations/skipped?reason=luck', 'reason'],
  ['/api/recommendations/forecasts?severity=urgent', 'severity'],
  ['/api/recommendations/export?format=xml', 'format'],
])('%s is refused, naming %s', async (path, name) => {
  const refused = await refusal(await gateway.get(path));
  expect(refused.status).toBe(400);
  expect(refused.details?.map((detail) => detail.path)).toEqual([name]);
});

test.each([
  [{}, ['vmid', 'rating']],
  [{ vmid: null, rating: 'helpful' }, ['vmid']],
  [{ vmid: 100, rating: 'great' }, ['rating']],
  [{ vmid: 100, rating: 'helpful', reason: 'x'.repeat(501) }, ['reason']],
  [{ vmid: 100, rating: 'helpful', mood: 'good' }, ['mood']],
])('feedback %j is refused', async (body, paths) => {
  const refused = await refusal(await gateway.post('/api/recommendations/feedback', body));
  expect(refused.status).toBe(400);
  expect(refused.details?.map(({ path }) => path)).toEqual(paths);
});
