import { expect, test } from 'vitest';
import { guestRow } from '../testing/rows.ts';
import { type Counters, ratesBetween, readCounters } from './rates.ts';

test('rates are per second of the guest, not of our clock', () => {
  expect(ratesBetween([100, 0, 0, 0, 0], [110, 1000, 2000, 3000, 4000])).toEqual({
    diskRead: 100,
    diskWrite: 200,
    netIn: 300,
    netOut: 400,
  });
});

test.each<[string, Counters | undefined, Counters | null]>([
  ['there is no reading before', undefined, [10, 1, 1, 1, 1]],
  ['there is none now', [10, 1, 1, 1, 1], null],
  ['Proxmox took no new sample', [10, 1, 1, 1, 1], [10, 1, 1, 1, 1]],
  ['the guest was started anew', [1000, 5, 5, 5, 5], [10, 1, 1, 1, 1]],
  ['it was moved while running, and counts from there', [1000, 5, 5, 5, 5], [1, 0, 0, 0, 0]],
  ['one counter began anew', [1000, 5, 5, 5, 5], [1010, 6, 4, 6, 6]],
])('no rate when %s', (_, before, now) => {
  expect(ratesBetween(before, now)).toBeNull();
});

test.each([
  ['a stopped guest', { status: 'stopped' }],
  ['one without fresh statistics', { status: 'unknown', uptimeSeconds: null }],
  ['a counter that is missing', { netInBytes: null }],
])('%s has no counters', (_, more) => {
  expect(readCounters(guestRow(more))).toBeNull();
  expect(readCounters(guestRow())).toEqual([1000, 3000, 4000, 1000, 2000]);
});
