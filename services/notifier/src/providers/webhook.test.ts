import { ForbiddenAddressError } from '@proxbalance/service-kit';
import { describe, expect, test } from 'vitest';
import { explain, readRetryAfter, webhook } from './webhook.ts';

const secret = 'https://user:hunter2@hooks.example/hunter2?k=hunter2';
const failed = (cause: object) => Object.assign(new TypeError('fetch failed'), { cause });
const named = (name: string) => Object.assign(new Error(`${name} at ${secret}`), { name });

describe('reasons', () => {
  test.each<[string, Error, string, boolean]>([
    [
      'a closed port',
      failed(Object.assign(new Error(`connect ${secret}`), { code: 'ECONNREFUSED' })),
      'ECONNREFUSED',
      false,
    ],
    ['an unknown name', failed(Object.assign(new Error(secret), { code: 'ENOTFOUND' })), 'ENOTFOUND', false],
    ['an untrusted certificate', failed({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'SELF_SIGNED_CERT_IN_CHAIN', false],
    ['no time', named('TimeoutError'), 'no answer within 10 s', false],
    ['our own end', named('AbortError'), 'the notifier was stopped', false],
    [
      'a forbidden address',
      new ForbiddenAddressError('169.254.169.254'),
      'the address is link-local or a metadata service',
      true,
    ],
    [
      'an unusable header',
      new TypeError(`Invalid header value: ${secret}`),
      'the url or a header cannot be used',
      true,
    ],
    ['a port of another protocol', failed(new Error('bad port')), 'this port belongs to another protocol', true],
    ['a code that is none', failed({ code: 5 }), 'TypeError', false],
    ['something else', new RangeError(secret), 'RangeError', false],
  ])('%s', (_, error, reason, permanent) => {
    expect(explain(error)).toEqual({ reason, permanent });
    expect(explain(error).reason).not.toContain('hunter2');
  });

  test.each([
    ['credentials in the address', secret, {}],
    ['a header with a line break', 'http://127.0.0.1:1/', { authorization: 'hunter2\r\nx: y' }],
    ['a header that is no Latin', 'http://127.0.0.1:1/', { authorization: 'hunter2\u{1F512}' }],
    ['a closed port', 'http://127.0.0.1:1/hunter2', { authorization: 'hunter2' }],
    ['no address at all', 'hunter2', {}],
  ])('what is thrown for %s holds neither address nor headers', async (_, url, headers) => {
    const event = { id: 'e1', type: 'x', time: '' };
    const sent = webhook.send({ enabled: true, url, headers }, { title: '', body: '', priority: 'low', event });
    const error = await sent.then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error?.name).toBe('DeliveryError');
    expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)} ${String(error?.cause)}`).not.toContain(
      'hunter2',
    );
  });
});

test.each([
  [null, null],
  ['', null],
  ['soon', null],
  ['0', 0],
  ['120', 120_000],
  ['Sun, 08 Feb 2026 10:01:00 GMT', 60_000],
  ['Sun, 08 Feb 2026 09:00:00 GMT', 0],
])('Retry-After %s', (header, ms) => {
  expect(readRetryAfter(header, new Date('2026-02-08T10:00:00Z'))).toBe(ms);
});
