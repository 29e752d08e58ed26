import { expect, test } from 'vitest';
import { stretches } from './reader.ts';

const hour = 3600;
const day = 24 * hour;
const now = 1_000 * day + 1234;

test('each moment is read from one tier only', () => {
  const { quarterDays, hours, raw } = stretches('guest', now - 60 * day, now);
  expect(quarterDays).toEqual({ from: now - 60 * day, to: hours.from });
  expect(hours.to).toBe(raw.from);
  expect(raw.to).toBe(now);
  expect(hours.from % (6 * hour)).toBe(0);
  expect(raw.from % hour).toBe(0);
  expect(now - raw.from).toBeLessThanOrEqual(2 * day);
  expect(now - hours.from).toBeLessThanOrEqual(14 * day);
});

test('a short range needs samples alone', () => {
  const { quarterDays, hours, raw } = stretches('guest', now - 5 * hour, now);
  expect(raw).toEqual({ from: now - 5 * hour, to: now });
  expect(quarterDays.to - quarterDays.from).toBe(0);
  expect(hours.to - hours.from).toBe(0);
});
