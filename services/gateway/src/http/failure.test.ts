import { type ErrorCode, errorStatus, RefusedError } from '@proxbalance/contracts';
import Fastify from 'fastify';
import { describe, expect, test, vi } from 'vitest';
import { answerOf, failureHandler } from './failure.ts';

const log = { error: vi.fn() };

async function fail(error: unknown) {
  await using stack = new AsyncDisposableStack();
  const server = Fastify();
  stack.defer(() => server.close());
  server.setErrorHandler(failureHandler(log as unknown as Parameters<typeof failureHandler>[0]));
  server.get('/', () => {
    throw error;
  });
  const answer = await server.inject('/');
  return { status: answer.statusCode, ...answer.json() };
}

test.each(Object.entries(errorStatus) as [ErrorCode, number][])('%s leaves as %i', async (code, status) => {
  const details = [{ path: 'a', message: 'b' }];
  expect(await fail(new RefusedError(code, 'no', details))).toMatchObject({
    status,
    success: false,
    error: 'no',
    code,
    details,
  });
});

test('missing recommendations carry what existing clients look for', async () => {
  expect(await fail(new RefusedError('no-recommendations', 'none'))).toMatchObject({
    status: 404,
    cache_missing: true,
  });
});

test.each([
  [400, 400, 'invalid-input'],
  [404, 404, 'not-found'],
  [413, 413, 'payload-too-large'],
  [414, 400, 'invalid-input'],
  [415, 415, 'unsupported-media-type'],
  [418, 400, 'invalid-input'],
  [429, 429, 'too-many-requests'],
])('what the framework calls %i is %i %s', async (statusCode, status, code) => {
  expect(await fail(Object.assign(new Error('no'), { statusCode }))).toEqual({
    status,
    success: false,
    error: 'no',
    code,
  });
});

describe('what should not happen', () => {
  test.each([
    ['an error', new Error('hunter2')],
    ['one that calls itself a success', Object.assign(new Error('hunter2'), { statusCode: 200 })],
    ['one of the framework', Object.assign(new Error('hunter2'), { statusCode: 503 })],
  ])('%s is ours, is logged, and keeps its words to itself', async (_, error) => {
    log.error.mockClear();
    const answer = await fail(error);
    expect(answer).toMatchObject({ status: 500, success: false, code: 'internal' });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(log.error).toHaveBeenCalledOnce();
  });
});

test('an answer is its value, or its refusal thrown', () => {
  expect(answerOf({ ok: true, value: 5 })).toBe(5);
  expect(() => answerOf({ ok: false, error: { code: 'conflict', message: 'no' } })).toThrow(
    expect.objectContaining({ code: 'conflict', message: 'no' }),
  );
});
