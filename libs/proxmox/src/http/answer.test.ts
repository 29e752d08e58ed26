import { describe, expect, test } from 'vitest';
import { isProxmoxError, type ProxmoxError, ProxmoxOutcomeUnknownError } from '../errors.ts';
import { readAnswer } from './answer.ts';

const get = { host: 'pve1:8006', method: 'GET', path: '/nodes/pve2/status' };
const post = { ...get, method: 'POST' };

const errorOf = (status: number, reason: string, body: unknown, origin = get): ProxmoxError => {
  try {
    readAnswer({ status, reason, body: typeof body === 'string' ? body : JSON.stringify(body) }, origin);
  } catch (error) {
    if (isProxmoxError(error)) return error;
    throw error;
  }
  return expect.unreachable();
};

describe('answers', () => {
  test('data and the count beside it', () => {
    const answer = { status: 200, reason: 'OK', body: '{"data":[1],"total":7}' };
    expect(readAnswer(answer, get)).toEqual({ data: [1], total: 7, origin: get });
    expect(readAnswer({ ...answer, body: '{"data":null}' }, get)).toEqual({ data: null, total: null, origin: get });
  });

  test.each(['<html>', '', '[]', '{"success":1}', 'null'])('%j is not an answer of Proxmox', (body) => {
    expect(errorOf(200, 'OK', body)).toMatchObject({ kind: 'protocol', status: 200 });
  });

  test('the text comes from the body, or from the reason phrase of older versions', () => {
    const text = 'Permission check failed (/vms/100, VM.Migrate)';
    expect(errorOf(403, 'x', { data: null, message: `${text}\n` })).toMatchObject({ kind: 'permission', reason: text });
    expect(errorOf(403, text, { data: null })).toMatchObject({ kind: 'permission', reason: text });
    expect(errorOf(401, 'No ticket', '')).toMatchObject({
      kind: 'authentication',
      reason: 'No ticket',
      retryable: false,
    });
    expect(errorOf(418, '', '')).toMatchObject({ kind: 'refused', reason: 'HTTP status 418' });
  });

  test('400 names the parameters', () => {
    const body = {
      data: null,
      message: 'Parameter verification failed.\n',
      errors: { target: 'target is local node.\n' },
    };
    expect(errorOf(400, 'Parameter verification failed.', body)).toMatchObject({
      kind: 'parameter',
      fields: { target: 'target is local node.' },
      reason: 'Parameter verification failed: target: target is local node.',
    });
  });

  test.each([
    ['VM is locked (backup)', true],
    ['cluster not ready - no quorum?', true],
    ["can't lock file '/var/lock/x' - got timeout", true],
    ["no such cluster node 'pve9'", false],
    ["storage 'blocked' is not available", false],
  ])('500 %s: worth another try: %s', (message, retryable) => {
    expect(errorOf(500, message, { data: null, message })).toMatchObject({ kind: 'refused', status: 500, retryable });
  });

  test('501 is an older Proxmox VE', () => {
    expect(errorOf(501, "Method 'GET /x' not implemented", '')).toMatchObject({
      kind: 'not-implemented',
      retryable: false,
    });
  });

  test.each([595, 596, 597, 598, 599])('%d: the node behind the host', (status) => {
    expect(errorOf(status, 'No route to host', '')).toMatchObject({ kind: 'node-unreachable', retryable: true });
  });

  test('a write that may have reached the node is of unknown outcome; one that cannot have is not', () => {
    expect(errorOf(595, 'Connection refused', '', post)).toMatchObject({ kind: 'node-unreachable' });
    for (const status of [596, 597, 599, 502, 504]) {
      expect(errorOf(status, 'x', '', post)).toBeInstanceOf(ProxmoxOutcomeUnknownError);
    }
    expect(errorOf(503, 'x', '', post)).toMatchObject({ kind: 'unreachable' });
  });

  test('a redirect is nothing Proxmox does here', () => {
    expect(errorOf(301, 'Moved', '')).toMatchObject({ kind: 'protocol' });
  });
});
