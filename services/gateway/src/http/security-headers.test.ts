import { expect, test } from 'vitest';
import { securityHeaders } from './security-headers.ts';

test('the set protects, and says nothing about one answer', () => {
  expect(securityHeaders).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'strict-transport-security': expect.stringContaining('max-age='),
    'referrer-policy': 'no-referrer',
  });
  const ofOneAnswer = ['content-length', 'content-type', 'date', 'connection', 'transfer-encoding', 'keep-alive'];
  expect(Object.keys(securityHeaders).filter((name) => ofOneAnswer.includes(name))).toEqual([]);
});
