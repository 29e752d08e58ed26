import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
const token = { proxmox_api_token_id: 'lb@pve!main', proxmox_api_token_secret: 'hunter2' };
const move = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };

describe('addresses', () => {
  const vmids = [
    'abc',
    '99',
    '-1',
    '1e3',
    '1000000000',
    '100.0',
    '%00',
    '%20100',
    '１００',
    '9'.repeat(900),
    '100%0a',
    '*',
  ];
  test.each(vmids)('no guest is called %s', async (vmid) => {
    for (const what of ['location', 'migration-status', 'tags', 'history']) {
      const { status } = await refusal(await gateway.get(`/api/guests/${vmid}/${what}`));
      expect(status).toBe(400);
    }
    expect((await refusal(await gateway.get(`/api/trends/guest/${vmid}`))).status).toBe(400);
    expect((await refusal(await gateway.post(`/api/guests/${vmid}/tags/refresh`))).status).toBe(400);
  });

  test.each([
    ['POST', 'recommendations', 'cpu_threshold'],
    ['POST', 'node-scores', 'vmid'],
    ['POST', 'guest/100/migration-options', 'mem_threshold'],
    ['POST', 'penalty-config/simulate', 'cpu_high_penalty'],
    ['GET', 'recommendations/diagnostics', 'node'],
    ['GET', 'recommendations/threshold-suggestions', 'hours'],
    ['GET', 'recommendations/feedback', 'vmid'],
    ['GET', 'penalty-config', 'constructor'],
  ])('%s %s takes no %s in its address: a wish that is not heard is refused', async (method, path, key) => {
    const address = `/api/${path}?${key}=60`;
    const answer = await (method === 'GET'
      ? gateway.get(address)
      : gateway.post(address, path.endsWith('simulate') ? { config: {} } : {}));
    expect(await refusal(answer)).toMatchObject({
      status: 400,
      details: [{ path: key, message: 'is not a known field' }],
    });
  });

  test('what anybody may ask is answered whatever a probe adds', async () => {
    expect((await gateway.get('/api/health?at=1')).status).toBe(200);
  });

  test.each(['constructor', '__proto__', 'toString'])('a guest called %s is not looked up in objects', async (name) => {
    expect((await refusal(await gateway.get(`/api/guests/${name}/location`))).status).toBe(400);
  });

  test.each([
    ['no UPID', 'UPID', 400],
    ['a UPID with a slash', encodeURIComponent('UPID:a/b:1:2:3:x:y:z:'), 400],
    ['a UPID with a line break', encodeURIComponent(`${upid}\n`), 400],
    ['a UPID as it is', upid, 503],
    ['a UPID, encoded', encodeURIComponent(upid), 503],
    ['a UPID, encoded twice', encodeURIComponent(encodeURIComponent(upid)), 400],
    ['a UPID of 900 characters', encodeURIComponent(upid.replace('lb', 'x'.repeat(850))), 400],
  ])('a task named by %s', async (_, name, status) => {
    expect((await refusal(await gateway.get(`/api/tasks/pve1/${name}`))).status).toBe(status);
    expect((await refusal(await gateway.post(`/api/tasks/pve1/${name}/stop`))).status).toBe(status);
  });

  test.each(['pve_1', 'a.b', '-x', '%20', '..%2f', 'x'.repeat(64)])('no node is called %s', async (node) => {
    for (const path of [`tasks/${node}/${upid}`, `nodes/${node}/storage`, `trends/node/${node}`])
      expect((await refusal(await gateway.get(`/api/${path}`))).status).toBe(400);
  });

  test.each(['pve9', 'constructor', 'toString'])('a node called %s is not in the cluster', async (node) => {
    for (const path of [`nodes/${node}/storage`, `trends/node/${node}`])
      expect(await refusal(await gateway.get(`/api/${path}`))).toMatchObject({ status: 404, code: 'node-not-found' });
  });

  test.each(['tags', 'history', 'location', 'migration-status'])('%s of a guest nobody knows', async (what) => {
    expect((await refusal(await gateway.get(`/api/guests/999/${what}`))).code).toBe('guest-not-found');
  });

  test.each(['a b', ';', 'a;b', 'a,b', '-a', '.a', 'ä', '\n', ' ', 'x'.repeat(1001), '__proto__;'])(
    'no tag is called %j',
    async (tag) => {
      const path = `/api/guests/100/tags/${encodeURIComponent(tag)}`;
      const answer = await fetch(`${gateway.url}${path}`, { method: 'DELETE' });
      expect((await refusal(answer)).status).toBe(400);
      const { status, details } = await refusal(await gateway.post('/api/guests/100/tags', { tag }));
      expect([status, details?.[0]?.path]).toEqual([400, 'tag']);
    },
  );

  test.each(['/api/guests/%/location', '/api/guests/%zz/location', '/api/guests/%ff/location', '/%', '/api/%c0%af'])(
    'malformed encoding: %s',
    async (path) => {
      expect([400, 404]).toContain((await refusal(await gateway.get(path))).status);
    },
  );

  test('an address that is too long', async () => {
    const long = await refusal(await gateway.get(`/api/guests/${'1'.repeat(1500)}/location`));
    expect([long.status, long.error]).toEqual([400, 'a part of the address is too long: 1000 characters at most']);
    expect((await refusal(await gateway.get(`/api/${'x'.repeat(8000)}`))).status).toBe(404);
    expect(
      (await refusal(await gateway.get(`/api/analyze?${'x'.repeat(20_000)}`)).catch(() => null))?.status ?? 400,
    ).toBe(400);
  });

  test.each(['/api/nothing', '/nothing', '/api', '/api/', '/api/health/', '//api/health', '/api/guests/100'])(
    '%s is 404',
    async (path) => {
      expect((await refusal(await gateway.get(path))).status).toBe(404);
    },
  );
});

describe('queries', () => {
  test.each([
    'limit=-1',
    'limit=abc',
    'limit=1.5',
    'limit=1e3',
    'limit=',
    'limit=1&limit=2',
    'limit[]=1',
    'limit=%001',
    'limit=99999999999',
    'offset=-1',
    'min_confidence=101',
    'min_confidence=NaN',
    'sort=name',
    'sort=constructor',
    'sort=',
    'sort_dir=up',
    'sort_dir=ASC',
    'target_node=',
    'target_node=a/b',
    'target_node=%0d%0a',
    'nope=1',
    'Limit=1',
    '__proto__=1',
    'constructor=1',
    'sort=priority&sort=priority',
  ])('GET /api/recommendations?%s is refused before anything is looked up', async (query) => {
    expect((await refusal(await gateway.get(`/api/recommendations?${query}`))).status).toBe(400);
  });

  test.each([
    'analyze?fields=',
    'analyze?fields=none',
    'analyze?fields=no-trends&fields=all',
    'analyze?field=all',
    'analyze?__proto__=all',
    'guests/100/history?hours=0',
    'guests/100/history?hours=-1',
    'guests/100/history?hours=1.5',
    'guests/100/history?hours=2161',
    'guests/100/history?days=1',
    'trends/nodes?lookback_days=0',
    'trends/nodes?lookback_days=91',
    'trends/nodes?cpu_threshold=0',
    'trends/nodes?mem_threshold=101',
    'trends/nodes?iowait_threshold=10',
    'trends/node/pve1?lookback_days=x',
    'trends/node/pve1?cpu_threshold=',
    'trends/guest/100?lookback_days=1e1',
    'trends/guest/100?cpu_threshold=60',
  ])('GET /api/%s is refused before anything is looked up', async (path) => {
    expect((await refusal(await gateway.get(`/api/${path}`))).status).toBe(400);
  });

  test.each([
    'types=',
    'types=a b',
    'types=A',
    'types=a,',
    'types=a&types=b',
    'types=%0a',
    `types=${'a'.repeat(1001)}`,
    'x=1',
  ])('GET /api/events?%s is refused', async (query) => {
    expect((await refusal(await gateway.get(`/api/events?${query}`))).status).toBe(400);
  });
});

describe('methods', () => {
  test.each([
    ['DELETE', '/api/health', 'GET, HEAD'],
    ['PUT', '/api/recommendations', 'GET, HEAD, POST'],
    ['GET', '/api/migrate', 'POST'],
    ['HEAD', '/api/refresh', 'POST'],
    ['POST', '/api/guests/100/location', 'GET, HEAD'],
    ['OPTIONS', '/api/config', 'GET, HEAD, POST'],
    ['PATCH', '/api/config', 'GET, HEAD, POST'],
    ['PROPFIND', '/api/health', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/api/guests/100/tags', 'GET, HEAD, POST'],
    ['GET', '/api/guests/100/tags/ignore', 'DELETE'],
    ['GET', '/api/guests/100/tags/refresh', 'DELETE, POST'],
    ['GET', '/api/storage/verify', 'POST'],
    ['POST', '/api/nodes/pve1/storage', 'GET, HEAD'],
    ['DELETE', '/api/settings/collection', 'POST'],
    ['DELETE', '/metrics', 'GET, HEAD'],
    ['DELETE', '/api/docs', 'GET, HEAD'],
  ])('%s %s is 405 and says what there is', async (method, path, allow) => {
    const answer = await fetch(`${gateway.url}${path}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    if (method !== 'HEAD') expect((await refusal(answer)).code).toBe('method-not-allowed');
  });
});

test('a service that does not run is named', async () => {
  const asks = [
    ['collector', await gateway.post('/api/refresh')],
    ['recommender', await gateway.post('/api/recommendations', {})],
    ['recommender', await gateway.post('/api/node-scores', {})],
    ['migrator', await gateway.post('/api/migrate', move)],
    ['migrator', await gateway.post(`/api/migrations/${encodeURIComponent(upid)}/cancel`)],
    ['migrator', await gateway.get(`/api/tasks/pve1/${encodeURIComponent(upid)}`)],
    ['migrator', await gateway.post(`/api/tasks/pve1/${encodeURIComponent(upid)}/stop`)],
    ['notifier', await gateway.post('/api/notifications/test', { provider: 'webhook' })],
    ['collector', await gateway.post('/api/guests/100/tags', { tag: 'new' })],
    ['collector', await gateway.post('/api/guests/100/tags/refresh')],
    ['collector', await gateway.get('/api/guests/100/history')],
    ['collector', await gateway.get('/api/guest-profiles')],
    ['collector', await gateway.get('/api/trends/nodes')],
    ['collector', await gateway.get('/api/trends/node/pve1')],
    ['collector', await gateway.get('/api/trends/guest/100')],
    ['collector', await gateway.post('/api/validate-token', token)],
  ] as const;
  for (const [service, answer] of asks) {
    const error = expect.stringContaining(service);
    expect(await refusal(answer)).toMatchObject({ status: 503, code: 'service-unavailable', error });
  }
});
