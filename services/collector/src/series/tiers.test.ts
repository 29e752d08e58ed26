import { expect, test } from 'vitest';
import { bytesFull, bytesPerDay } from './tiers.ts';

test('ten thousand guests with all tiers full hold less than 700 MB of samples', () => {
  expect(10_000 * bytesFull('guest')).toBeLessThan(700e6);
  expect(bytesPerDay('guest')).toEqual({ raw: 5760, hour: 1584, 'quarter-day': 264 });
});
