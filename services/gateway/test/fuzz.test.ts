import { routes } from '@proxbalance/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../../../tests/support/properties.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

/* Whatever is asked: a success, or the failure envelope with a status that its code has, and never "ours". */

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '..',
    '%',
    '%00',
    '%2f',
    '\u0000',
    '\r\n',
    '__proto__',
    'constructor',
    '100',
    '-1',
    '1e999',
    'pve1',
  ),
);
const segment = fc.oneof(
  odd.map(safely(encodeURIComponent)),
  fc.constantFrom('100', 'pve1', 'ignore'),
  fc.constantFrom('%', '%zz', '%c0%af', '*', ':vmid', '.'),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  odd,
  fc.constantFrom(Number.MAX_VALUE, -0, 1e21, 2 ** 53, 100, 60),
);
const knownKeys = [
  ...new Set(routes.flatMap(({ body }) => Object.keys((body as { shape?: object } | undefined)?.shape ?? {}))),
];
const knownQueries = [...new Set(routes.flatMap(({ query }) => Object.keys(query?.shape ?? {})))];
const body = fc.oneof(
  fc
    .dictionary(fc.oneof(fc.constantFrom(...knownKeys, '__proto__', 'constructor'), odd), value)
    .map((it) => JSON.stringify(it)),
  fc.json(),
  fc.string({ unit: 'binary' }),
);
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('__proto__', ...knownQueries), odd), odd), { maxLength: 4 })
  .map((pairs) => pairs.map((pair) => pair.map(safely(encodeURIComponent)).join('=')).join('&'));
const header = fc.constantFrom(
  'x-request-id',
  'if-none-match',
  'accept-encoding',
  'last-event-id',
  'origin',
  'traceparent',
  'authorization',
);
const headers = fc.dictionary(header, fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), { maxKeys: 3 });
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/json;;',
  '',
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');

test('any request to any route is answered as the contracts say', async () => {
  const request = fc.record({
    route: fc.constantFrom(...routes),
    method: fc.option(method),
    segment,
    query,
    body,
    headers,
    contentType,
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ route, method, segment, query, body, headers, contentType }) => {
      const verb = method ?? route.method;
      const path = route.path.replaceAll(/:\w+/g, () => segment);
      const takesBody = verb !== 'GET' && verb !== 'HEAD';
      const answer = await fetch(`${gateway.url}${path}?${query}`, {
        method: verb,
        redirect: 'manual',
        headers: { ...trimmed(headers), ...(takesBody && contentType ? { 'content-type': contentType } : {}) },
        ...(takesBody ? { body } : {}),
        signal: AbortSignal.timeout(30_000),
      });
      await check(verb, answer);
    }),
    { numRuns: runs(1500), endOnFailure: true },
  );
  expect((await gateway.get('/api/health')).status).toBe(200);
});

async function check(verb: string, answer: Response): Promise<void> {
  expect(answer.status).not.toBe(500);
  if (answer.status < 400 || verb === 'HEAD') return void (await answer.body?.cancel());
  await refusal(answer);
}

/** `fetch` itself refuses spaces around a value. */
const trimmed = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text.trim()]));

function safely(encode: (text: string) => string) {
  return (text: string): string => encode(text.toWellFormed());
}
