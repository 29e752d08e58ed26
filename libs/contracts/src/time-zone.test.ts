import { expect, test } from 'vitest';
import { TimeZone } from './time-zone.ts';

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['Asia/Kathmandu', true],
  ['Mars/Olympus', false],
  ['+02:00', false],
  ['', false],
  ['constructor', false],
])('%j is a time zone: %s', (name, is) => {
  expect(TimeZone.safeParse(name).success).toBe(is);
});
