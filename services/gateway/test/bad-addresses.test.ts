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
    for (const what of ['location', 'migration-status']) {
      const { status } = await refusal(await gateway.get(`/api/guests/${vmid}/${what}`));
      expect(status).toBe(400);
    }
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
  });

  test.each(['pve_1', 'a.b', '-x', 'x'.repeat(64)])('no node is called %s', async (node) => {
    expect((await refusal(await gateway.get(`/api/tasks/${node}/${upid}`))).status).toBe(400);
  });

  test.each(['/api/guests/%/location', '/api/guests/%zz/location', '/api/guests/%ff/location', '/%', '/api/%c0%af'])(
    'malformed encoding: %s',
    async (path) => {
      expect([400, 404]).toContain((await refusal(await gateway.get(path))).status);
    },
  );

  test('an address that is too long', async () => {
    expect((await refusal(await gateway.get(`/api/guests/${'1'.repeat(1500)}/location`))).status).toBe(400);
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
    ['notifier', await gateway.post('/api/notifications/test', { provider: 'webhook' })],
  ] as const;
  for (const [service, answer] of asks) {
    const error = expect.stringContaining(service);
    expect(await refusal(answer)).toMatchObject({ status: 503, code: 'service-unavailable', error });
  }
});
