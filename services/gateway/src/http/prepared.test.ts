import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { prepare, sendPrepared } from './prepared.ts';

const large = await prepare({ text: 'x'.repeat(5000) });
const small = await prepare({ text: 'x' });

async function ask(answer: typeof large, headers: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const server = Fastify();
  stack.defer(() => server.close());
  server.get('/', (request, reply) => sendPrepared(request, reply, answer));
  return await server.inject({ url: '/', headers });
}

test('the ETag follows from the content', async () => {
  expect((await prepare({ text: 'x' })).etag).toBe(small.etag);
  expect(large.etag).not.toBe(small.etag);
});

describe('compression', () => {
  test('happens once', async () => {
    const first = large.zipped();
    expect(large.zipped()).toBe(first);
    const zipped = await first;
    expect(large.zipped()).toBe(zipped);
    expect(JSON.parse(gunzipSync(zipped).toString())).toEqual({ text: 'x'.repeat(5000) });
  });

  test.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['deflate, GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip; q=0.0', undefined],
    ['xgzip', undefined],
    ['identity', undefined],
  ])('accept-encoding: %s gets %s', async (accepted, encoding) => {
    const { headers } = await ask(large, { 'accept-encoding': accepted });
    expect([headers['content-encoding'], headers.vary]).toEqual([encoding, 'accept-encoding']);
  });

  test('a small answer is not worth it', async () => {
    expect((await ask(small, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
  });
});

test.each([
  ['it', large.etag, 304],
  ['it, made weak by a proxy', `W/${large.etag}`, 304],
  ['it among others', `"a", ${large.etag}`, 304],
  ['anything', '*', 304],
  ['another one', small.etag, 200],
  ['it without quotes', large.etag.slice(1, -1), 200],
])('who has %s gets %s', async (_, known, status) => {
  const answer = await ask(large, { 'if-none-match': known });
  expect([answer.statusCode, answer.headers.etag]).toEqual([status, large.etag]);
});
