import { expect, test } from 'vitest';
import { parseDuration, parseShortSize, parseSize } from './sizes.ts';

test.each([
  ['0.0 B', 0],
  ['512.0 MiB', 512 * 1024 ** 2],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  ['2.0 TiB', 2 * 1024 ** 4],
  ['64.0 KiB', 65_536],
  ['121 MB', 121_000_000],
  ['12 parsecs', null],
  ['GiB', null],
])('size %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ['2.5G', 2.5 * 1024 ** 3],
  ['624K', 624 * 1024],
  ['312B', 312],
  ['312', 312],
  ['x', null],
])('short size %s', (text, bytes) => {
  expect(parseShortSize(text)).toBe(bytes);
});

test.each([
  ['16s', 16],
  ['1h 2m 3s', 3723],
  ['2d 1s', 172_801],
  ['', 0],
])('duration %j', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});
