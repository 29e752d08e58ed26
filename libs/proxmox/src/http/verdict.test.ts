import { describe, expect, test } from 'vitest';
import { ProxmoxError, type ProxmoxErrorKind } from '../errors.ts';
import { buildCall } from './call.ts';
import { ConnectError } from './connector.ts';
import type { Exchange } from './exchange.ts';
import { isHostAtFault, judge, summarise } from './verdict.ts';

const read = buildCall('GET', '/version');
const proxied = buildCall('GET', '/nodes/{node}/status', { node: 'pve2' });
const write = buildCall('POST', '/nodes/{node}/x', { node: 'pve2' });
const broken: Exchange = { type: 'broken', cause: new Error('other side closed') };
const refused: Exchange = { type: 'not-sent', cause: new ConnectError('ECONNREFUSED', false) };
const late: Exchange = { type: 'timeout', sent: true };

describe('what an attempt means', () => {
  test.each([
    ['a refused connection', refused, read, 'unreachable', 'any-host'],
    ['a refused connection of a write', refused, write, 'unreachable', 'any-host'],
    ['a refused certificate', { type: 'not-sent', cause: new ConnectError('x', true, 'AA') }, write, 'tls', 'any-host'],
    ['a broken GET', broken, read, 'unreachable', 'any-host'],
    ['a broken write', broken, write, 'outcome-unknown', 'none'],
    ['a late GET', late, read, 'timeout', 'none'],
    ['a late write', late, write, 'outcome-unknown', 'none'],
    ['a write that never got a connection', { type: 'timeout', sent: false }, write, 'timeout', 'none'],
    [
      'a node that is away',
      { type: 'answer', status: 595, reason: 'x', body: '' },
      proxied,
      'node-unreachable',
      'one-other-host',
    ],
    ['a refusal', { type: 'answer', status: 403, reason: 'x', body: '' }, read, 'permission', 'none'],
  ] as const)('%s', (_, result, call, kind, next) => {
    expect(judge(result, call, 'a:8006')).toMatchObject({ error: { kind, host: 'a:8006' }, next });
  });

  test('what is no HTTP is told from a broken connection', () => {
    const cause = Object.assign(new Error('Expected HTTP/'), { code: 'HPE_INVALID_CONSTANT' });
    expect(judge({ type: 'broken', cause }, read, 'a')).toMatchObject({ error: { kind: 'protocol' } });
  });

  test('a host is blamed for itself, not for the node behind it nor for what a write may have done', () => {
    expect([late, refused, broken].map((result) => isHostAtFault(result, read))).toEqual([true, true, true]);
    expect(isHostAtFault(late, proxied)).toBe(false);
    expect(isHostAtFault(broken, write)).toBe(false);
  });
});

describe('one error for several hosts', () => {
  const error = (kind: ProxmoxErrorKind, host: string) =>
    new ProxmoxError({
      kind,
      reason: `${kind}!`,
      host,
      method: 'GET',
      path: '/version',
      retryable: kind === 'unreachable',
    });

  test.each<[ProxmoxErrorKind[], ProxmoxErrorKind, string, boolean]>([
    [['unreachable'], 'unreachable', 'unreachable!', true],
    [['unreachable', 'tls'], 'unreachable', 'h0: unreachable!; h1: tls!', true],
    [['tls', 'tls'], 'tls', 'h0: tls!; h1: tls!', false],
    [['unreachable', 'permission'], 'permission', 'permission!', false],
    [['node-unreachable', 'unreachable'], 'node-unreachable', 'node-unreachable!', false],
  ])('%j', (kinds, kind, reason, retryable) => {
    const [first = error('unreachable', ''), ...rest] = kinds.map((each, index) => error(each, `h${index}`));
    expect(summarise([first, ...rest])).toMatchObject({ kind, reason, retryable });
  });
});
