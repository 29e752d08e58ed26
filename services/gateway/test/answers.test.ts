import { readFileSync } from 'node:fs';
import {
  Analyze,
  type Generation,
  GetAffinityGroups,
  GetClusterSummary,
  GetConfig,
  GetGuestLocation,
  GetGuestLocations,
  GetGuestsOnly,
  GetGuestTags,
  GetHealth,
  GetMigrationStatus,
  GetNodeStorage,
  GetNodesOnly,
  GetRecommendations,
  RecommendationsGenerated,
  type RouteContract,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { aGeneration, aRecommendation } from '../../../tests/support/nouns.ts';
import { securityHeaders } from '../src/http/security-headers.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('before the first snapshot', () => {
  test.each([
    ...['analyze', 'analyze?fields=no-trends', 'cluster-summary', 'nodes-only', 'guests-only', 'guests/locations'],
    ...['guests/100/location', 'guests/100/migration-status', 'guests/100/tags', 'guests/100/history'],
    ...['affinity-groups', 'nodes/pve1/storage', 'trends/node/pve1', 'trends/guest/100'],
  ])('/api/%s says 503 no-snapshot', async (path) => {
    const answer = await gateway.get(`/api/${path}`);
    expect([answer.status, await answer.json()]).toMatchObject([503, { success: false, code: 'no-snapshot' }]);
  });

  test('recommendations are 404 with what existing clients look for', async () => {
    const answer = await gateway.get('/api/recommendations');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ success: false, code: 'no-recommendations', cache_missing: true });
  });

  test('health is ok and says that nothing is there', async () => {
    const answer = GetHealth.reply.parse(await (await gateway.get('/api/health')).json());
    expect(answer).toMatchObject({ status: 'ok', cache_available: false, cache_age: null, ready: true });
  });
});

describe('with a snapshot and a generation', () => {
  const generation: Generation = aGeneration({
    recommendations: [80, 20, 50].map((confidence_score, index) =>
      aRecommendation({ vmid: 100 + index, confidence_score }),
    ),
  });
  beforeAll(async () => {
    await showSnapshot(gateway);
    await (await gateway.as('recommender')).bus.publish(RecommendationsGenerated, generation);
    await eventually(async () => expect((await gateway.get('/api/recommendations')).status).toBe(200));
  });

  test.each<[string, RouteContract]>([
    ['/api/health', GetHealth],
    ['/api/analyze', Analyze],
    ['/api/analyze?fields=no-trends', Analyze],
    ['/api/cluster-summary', GetClusterSummary],
    ['/api/nodes-only', GetNodesOnly],
    ['/api/guests-only', GetGuestsOnly],
    ['/api/guests/locations', GetGuestLocations],
    ['/api/guests/100/location', GetGuestLocation],
    ['/api/guests/100/migration-status', GetMigrationStatus],
    ['/api/recommendations', GetRecommendations],
    ['/api/recommendations?limit=1&sort=priority', GetRecommendations],
    ['/api/config', GetConfig],
    ['/api/nodes/pve1/storage', GetNodeStorage],
    ['/api/guests/100/tags', GetGuestTags],
    ['/api/affinity-groups', GetAffinityGroups],
  ])('%s answers with what its contract declares and nothing else', async (path, contract) => {
    const answer = await gateway.get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const body: unknown = await answer.json();
    expect(contract.reply.parse(body)).toEqual(body);
  });

  const prepared = [
    ...['analyze', 'analyze?fields=no-trends', 'cluster-summary', 'nodes-only', 'guests-only', 'guests/locations'],
    ...['recommendations', 'affinity-groups'],
  ];
  test.each(prepared)('/api/%s is not sent again to who has it', async (path) => {
    const first = await gateway.get(`/api/${path}`);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await gateway.get(`/api/${path}`, { 'if-none-match': known });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    for (const unknown of ['"x"', 'nonsense', '', '"', 'W/', ',,,'])
      expect((await gateway.get(`/api/${path}`, { 'if-none-match': unknown })).status).toBe(200);
  });

  test('another page of recommendations has another ETag', async () => {
    const etags = await Promise.all(
      ['', '?limit=1', '?limit=2', '?sort=priority'].map(async (query) =>
        (await gateway.get(`/api/recommendations${query}`)).headers.get('etag'),
      ),
    );
    expect(new Set(etags).size).toBe(3);
  });

  test('a large answer is compressed for those who take it, and is the same', async () => {
    const plain = await gateway.get('/api/analyze', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toContain('accept-encoding');
    const zipped = await gateway.get('/api/analyze', { 'accept-encoding': 'br, gzip' });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    // `fetch` unpacks.
    expect(await zipped.text()).toBe(await plain.text());
    const refused = await gateway.get('/api/analyze', { 'accept-encoding': 'gzip;q=0' });
    expect(refused.headers.get('content-encoding')).toBeNull();
  });

  test('recommendations are filtered, sorted and paged', async () => {
    const query = '?min_confidence=30&sort=confidence_score&sort_dir=asc&limit=1';
    const body = GetRecommendations.reply.parse(await (await gateway.get(`/api/recommendations${query}`)).json());
    expect(body).toMatchObject({ total_count: 3, filtered_count: 2, count: 1 });
    expect(body.recommendations.map(({ confidence_score }) => confidence_score)).toEqual([50]);
  });

  test.each(['/api/analyze', '/api/health', '/api/nothing', '/api/guests/999/tags', '/api/openapi.json', '/metrics'])(
    'browsers are told what %s may do to them',
    async (path) => {
      const { headers } = await gateway.get(path);
      for (const [name, value] of Object.entries(securityHeaders))
        expect([name, headers.get(name)]).toEqual([name, value]);
    },
  );

  test('HEAD answers like GET, without the body', async () => {
    for (const path of ['/api/health', '/api/analyze', '/api/recommendations', '/api/docs/', '/api/events']) {
      const answer = await fetch(`${gateway.url}${path}`, { method: 'HEAD', signal: AbortSignal.timeout(30_000) });
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
    }
  });

  test.each([
    ['a guest nobody knows', '/api/guests/999/location', 'guest-not-found'],
    ['its moves', '/api/guests/999/migration-status', 'guest-not-found'],
  ])('%s is 404', async (_, path, code) => {
    const answer = await gateway.get(path);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, code]);
  });
});

describe('documentation', () => {
  test('the root leads to it', async () => {
    const answer = await gateway.get('/');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/docs']);
  });

  test('the page loads, and nothing on it comes from elsewhere', async () => {
    const page = await fetch(`${gateway.url}/api/docs`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    const sources = [...html.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, source = '']) => source);
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const asset = await fetch(new URL(source, page.url));
      expect([source, asset.status]).toEqual([source, 200]);
    }
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/https?:/);
  });

  test.each(['openapi', 'asyncapi'])('%s.json is the document in docs/api', async (name) => {
    const file = new URL(`../../../docs/api/${name}.json`, import.meta.url);
    const answer = await gateway.get(`/api/${name}.json`, { 'accept-encoding': 'gzip' });
    expect(await answer.json()).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(answer.headers.get('etag')).toBeTruthy();
  });
});

test('a request keeps the id it came with; an odd one is replaced', async () => {
  expect((await gateway.get('/api/health', { 'x-request-id': 'from-nginx.1' })).headers.get('x-request-id')).toBe(
    'from-nginx.1',
  );
  for (const odd of ['a b', 'x'.repeat(101), '<script>', 'é']) {
    const given = (await gateway.get('/api/health', { 'x-request-id': odd })).headers.get('x-request-id');
    expect(given).toMatch(/^[0-9a-f-]{36}$/);
  }
});
