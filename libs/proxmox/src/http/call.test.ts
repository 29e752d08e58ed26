import { describe, expect, test } from 'vitest';
import { isProxmoxError } from '../errors.ts';
import { buildCall, isProxied, isRepeatable } from './call.ts';

describe('calls', () => {
  test('path values are encoded, the rest goes into the query', () => {
    const upid = 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:balancer@pve!main:';
    const call = buildCall('GET', '/nodes/{node}/tasks/{upid}/log', {
      node: 'pve1',
      upid,
      start: 0,
      limit: 0,
      x: undefined,
    });
    expect(call.path).toBe(`/nodes/pve1/tasks/${encodeURIComponent(upid)}/log`);
    expect(call).toMatchObject({ query: 'start=0&limit=0', form: null, template: '/nodes/{node}/tasks/{upid}/log' });
  });

  test('a form takes booleans as 1 and 0', () => {
    const call = buildCall('POST', '/nodes/{node}/x', { node: 'a', online: true, restart: false, tags: 'a;b c' });
    expect(call).toMatchObject({ path: '/nodes/a/x', query: '', form: 'online=1&restart=0&tags=a%3Bb+c' });
  });

  test('DELETE has a query and no body, POST always a body', () => {
    expect(buildCall('DELETE', '/x', { a: 1 })).toMatchObject({ query: 'a=1', form: null });
    expect(buildCall('POST', '/x')).toMatchObject({ query: '', form: '' });
  });

  test.each(['', '.', '..', undefined])('a node called %j never becomes a path', (node) => {
    try {
      buildCall('GET', '/nodes/{node}/status', { node });
      expect.unreachable();
    } catch (error) {
      expect(isProxmoxError(error, 'parameter')).toBe(true);
    }
  });

  test('a slash in a value stays in its place', () => {
    expect(buildCall('GET', '/nodes/{node}/status', { node: '../access' }).path).toBe('/nodes/..%2Faccess/status');
  });

  test('a GET and a login may be done twice, nothing else', () => {
    expect(isRepeatable(buildCall('GET', '/nodes'))).toBe(true);
    expect(isRepeatable(buildCall('POST', '/access/ticket'))).toBe(true);
    expect(isRepeatable(buildCall('PUT', '/access/acl'))).toBe(false);
    expect(isRepeatable(buildCall('DELETE', '/nodes/{node}/tasks/{upid}', { node: 'a', upid: 'x' }))).toBe(false);
  });

  test('only what the node itself must answer is passed on', () => {
    expect(isProxied(buildCall('GET', '/nodes/{node}/status', { node: 'a' }))).toBe(true);
    expect(isProxied(buildCall('GET', '/nodes/{node}/rrddata', { node: 'a' }))).toBe(false);
    expect(isProxied(buildCall('GET', '/nodes'))).toBe(false);
  });
});
