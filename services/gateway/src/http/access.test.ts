import { describe, expect, test } from 'vitest';
import { isCalledLocally, isFromOtherSite, isLoopback } from './access.ts';

test.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
])('bound to %s: loopback is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  [undefined, true],
  ['127.0.0.1:5000', true],
  ['localhost', true],
  ['LocalHost:5000', true],
  ['box.localhost:1', true],
  ['[::1]:5000', true],
  ['192.168.1.5:5000', true],
  ['evil.example', false],
  ['evil.example:5000', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
  ['@', false],
])('called as %s: local is %s', (host, expected) => {
  expect(isCalledLocally(host)).toBe(expected);
});

describe('pages', () => {
  test.each([
    ['a program', undefined, '127.0.0.1:5000', false],
    ['our own page', 'http://127.0.0.1:5000', '127.0.0.1:5000', false],
    ['our own page, IPv6', 'http://[::1]:5000', '[::1]:5000', false],
    ['our own page behind nginx', 'https://balance.example', 'balance.example', false],
    ['our own page, port written out', 'https://balance.example', 'balance.example:443', false],
    ['our own page, other letters', 'http://balance.example', 'Balance.Example', false],
    ['another port', 'http://127.0.0.1:3000', '127.0.0.1:5000', true],
    ['another site', 'https://evil.example', '127.0.0.1:5000', true],
    ['a sandboxed page', 'null', '127.0.0.1:5000', true],
    ['nonsense', 'http://', '127.0.0.1:5000', true],
    ['no host', 'http://127.0.0.1', undefined, true],
  ])('a change from %s', (_, origin, host, expected) => {
    expect(isFromOtherSite({ method: 'POST', headers: { origin, host } as Record<string, string> })).toBe(expected);
  });

  test('a read gives them nothing: the browser keeps the answer from them', () => {
    for (const method of ['GET', 'HEAD'])
      expect(isFromOtherSite({ method, headers: { origin: 'https://evil.example', host: 'x' } })).toBe(false);
  });
});
