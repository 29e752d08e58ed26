import { expect, test } from 'vitest';
import { readArguments, UsageError } from './arguments.ts';

test('defaults', () => {
  expect(readArguments(['--cluster', 'demo'])).toEqual({
    cluster: 'demo',
    listen: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    pve: null,
    seed: 1,
    speed: 1,
    authDelayMs: 3000,
    withParent: false,
    caFile: null,
    tokenId: 'proxbalance@pve!main',
    tokenSecret: null,
  });
});

test.each([
  [[], '--cluster is needed'],
  [['--cluster', 'demo', '--pve', '7.4'], '--pve must be one of 9.2, 9.1, 9.0, 8.4'],
  [['--cluster', 'demo', '--speed', '0'], '--speed must be above 0'],
  [['--cluster', 'demo', '--speed', 'fast'], "--speed must be a number, not 'fast'"],
  [['--cluster', 'demo', '--listen', 'here'], "--listen must be HOST:PORT, not 'here'"],
  [['--cluster', 'demo', '--listen', '127.0.0.1:99999'], '--listen must be HOST:PORT'],
  [['--cluster', 'demo', '--token-id', 'x'], '--token-id must look like'],
  [['--cluster', 'demo', '--colour', 'red'], "Unknown option '--colour'"],
  [['demo'], "Unexpected argument 'demo'"],
])('%j is refused: %s', (words, message) => {
  expect(() => readArguments(words)).toThrow(UsageError);
  expect(() => readArguments(words)).toThrow(message);
});

test('IPv6 addresses are understood', () => {
  expect(readArguments(['--cluster', 'demo', '--listen', '[::1]:8006']).listen).toEqual({ host: '::1', port: 8006 });
});
