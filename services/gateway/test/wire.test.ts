import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from './support/gateway.ts';
import { sendRaw, takeApart } from './support/raw.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const close = 'Connection: close\r\n\r\n';

describe('what is not quite HTTP is refused like everything else', () => {
  test.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a header without a name', `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n: x\r\n${close}`],
    ['a header with a line break of its own', 'GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\rb\r\n\r\n'],
    ['headers of 20 KiB', `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}\r\n${close}`],
    ['an address of 20 KiB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`],
    ['no host', `GET /api/health HTTP/1.1\r\n${close}`],
    [
      'two lengths',
      `POST /api/refresh HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n${close}`,
    ],
    [
      'a length and chunks',
      `POST /api/refresh HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n${close}`,
    ],
    ['a length that is none', `POST /api/refresh HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n${close}`],
    ['a later version', `GET /api/health HTTP/3.7\r\nHost: 127.0.0.1\r\n${close}`],
    ['an unknown method', `FROBNICATE /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`],
    ['an address of another form', `GET api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`],
    ['malformed encoding', `GET /api/guests/%zz/location HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`],
  ])('%s', async (_, text) => {
    const { status, body } = takeApart(await sendRaw(gateway.url, text));
    expect([400, 404]).toContain(status);
    expect(JSON.parse(body)).toMatchObject({ success: false, code: expect.any(String), error: expect.any(String) });
  });
});

describe('what is a little old or odd is answered', () => {
  test.each([
    ['HTTP/1.0 without a host', 'GET /api/health HTTP/1.0\r\n\r\n'],
    ['an expectation', `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: wonders\r\n${close}`],
    [
      'an upgrade',
      `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n`,
    ],
    ['the whole address', `GET http://127.0.0.1/api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`],
    [
      'a body on a GET',
      `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n${close}abc`,
    ],
    [
      'a doubled header',
      `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n${close}`,
    ],
  ])('%s', async (_, text) => {
    const { status, body } = takeApart(await sendRaw(gateway.url, text));
    expect(status).toBe(200);
    expect(body).toContain('"status":"ok"');
  });
});

test('a request that stops half-way is let go without harm', async () => {
  const answer = await sendRaw(
    gateway.url,
    'POST /api/config HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"',
    300,
  );
  expect(answer).toBe('');
  expect((await gateway.get('/api/health')).status).toBe(200);
});
