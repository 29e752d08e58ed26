import { routes } from '@proxbalance/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { openInProcess, testEnv } from '../../../tests/support/in-process.ts';
import { openGateway } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { sendRaw, takeApart } from './support/raw.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
afterEach(() => gateway?.[Symbol.asyncDispose]());

describe('with tokens', () => {
  const token = 'a-token-of-some-length';
  const start = async () => {
    gateway = await startGateway({ PROXBALANCE_AUTH: 'token', PROXBALANCE_ADMIN_TOKEN: token });
  };

  test('every declared route but the open ones wants one', async () => {
    await start();
    for (const { method, path, role } of routes) {
      const answer = await fetch(`${gateway.url}${path.replaceAll(/:\w+/g, '100')}`, { method });
      if (role === null) expect([path, answer.status]).toEqual([path, 200]);
      else expect(await refusal(answer)).toMatchObject({ status: 401, code: 'not-authenticated' });
      await answer.body?.cancel().catch(() => undefined);
    }
    expect((await gateway.get('/metrics')).status).toBe(401);
    expect((await gateway.get('/api/docs/')).status).toBe(200);
    expect((await gateway.get('/api/nothing')).status).toBe(404);
  });

  test.each([
    ['a bearer', { authorization: `Bearer ${token}` }, 200],
    ['a bearer, small', { authorization: `bearer ${token}` }, 200],
    ['an API key', { 'x-api-key': token }, 200],
    ['a wrong one', { authorization: 'Bearer wrong' }, 401],
    ['a part of it', { 'x-api-key': token.slice(0, -1) }, 401],
    ['more than it', { 'x-api-key': `${token}x` }, 401],
    ['none', { authorization: 'Bearer ' }, 401],
    ['another scheme', { authorization: `Basic ${token}` }, 401],
    ['odd letters', { 'x-api-key': 'é'.repeat(20) }, 401],
    ['a page of another site that knows it', { 'x-api-key': token, origin: 'https://ui.example' }, 200],
  ])('%s', async (_, headers, status) => {
    await start();
    expect((await gateway.get('/api/config', headers as unknown as Record<string, string>)).status).toBe(status);
  });

  test('the first one is made, shown once, kept as a hash and known to all replicas', async () => {
    const env = { ...testEnv(), PROXBALANCE_AUTH: 'token' };
    await using first = await startProcess('gateway', env);
    const made = /First admin token, shown only now: (\S+)/.exec(first.output())?.[1] ?? '';
    expect(made).toMatch(/^[\w-]{43}$/);
    await using second = await startProcess('gateway', env);
    expect(second.output()).not.toContain('First admin token');
    for (const { url } of [first, second]) {
      const answer = await fetch(`${url()}/api/config`, { headers: { authorization: `Bearer ${made}` } });
      expect(answer.status).toBe(200);
    }
    await using kit = await openInProcess(
      { ...env, PROXBALANCE_ADMIN_TOKEN: 'x'.repeat(16) },
      'gateway',
      readConfig,
      openGateway,
    );
    const kept = await kit.kit.redis.client.get(`${kit.kit.keyPrefix}:admin-token`);
    expect(kept).toMatch(/^[0-9a-f]{64}$/);
    await kit.kit.redis.client.del(`${kit.kit.keyPrefix}:admin-token`);
  });
});

describe('open on this machine', () => {
  test.each([
    ['this page', (host: string) => `http://${host}`, 200],
    ['another port', () => 'http://127.0.0.1:1', 403],
    ['another site', () => 'https://evil.example', 403],
    ['a page without an origin', () => 'null', 403],
    ['a program', () => undefined, 200],
  ])('a change asked for by %s', async (_, origin, status) => {
    gateway = await startGateway();
    const from = origin(new URL(gateway.url).host);
    const answer = await gateway.post('/api/config', {}, from ? { origin: from } : {});
    expect(answer.status).toBe(status);
    if (status === 403) expect((await refusal(answer)).code).toBe('forbidden');
  });
});

describe('the name it is called by', () => {
  const ask = async (host: string, more = '', path = '/api/config') =>
    takeApart(await sendRaw(gateway.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`))
      .status;

  test('open for this machine alone, it is not taken in by a name that was made to point here', async () => {
    gateway = await startGateway();
    expect(await ask('localhost:5000')).toBe(200);
    expect(await ask('[::1]:5000')).toBe(200);
    expect(await ask('evil.example:5000', 'Origin: http://evil.example:5000\r\n')).toBe(403);
    expect(await ask('balance.example', '', '/api/health')).toBe(200);
  });

  test('open because the operator said so, it may stand behind any name, and still refuses other sites', async () => {
    gateway = await startGateway({ PROXBALANCE_AUTH: 'off' });
    expect(await ask('balance.example')).toBe(200);
    expect((await gateway.post('/api/config', {}, { origin: 'https://evil.example' })).status).toBe(403);
  });
});
