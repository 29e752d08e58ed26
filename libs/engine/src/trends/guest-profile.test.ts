import { GuestProfile } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { profileGuest } from './guest-profile.ts';

const seen = (count: number, everyMinutes: number, avg: (i: number) => number | null, peak = 1.1) =>
  Array.from({ length: count }, (_, i) => {
    const own = avg(i);
    return { at: i * everyMinutes * 60, avg: own, p95: own === null ? null : own * peak };
  });

test.each([
  ['five observations', seen(5, 60, () => 20), 'unknown', 'low'],
  ['six', seen(6, 60, () => 20), 'steady', 'low'],
  ['peaks of 2.5 times the mean', seen(12, 60, () => 20, 2.5), 'bursty', 'medium'],
  ['such peaks on a guest that does next to nothing', seen(12, 60, () => 4, 2.5), 'steady', 'medium'],
  ['three points a day more', seen(48, 60, (i) => 20 + i / 8), 'growing', 'high'],
  ['three points a day less', seen(48, 60, (i) => 20 - i / 8), 'growing', 'high'],
  ['swings between 10 and 50', seen(48, 60, (i) => (i % 2 ? 50 : 10)), 'cyclical', 'high'],
  ['a gap among the observations', seen(7, 60, (i) => (i === 3 ? null : 20)), 'steady', 'low'],
])('%s → %s', (_given, observations, behavior, confidence) => {
  const profile = profileGuest(observations);
  expect(profile).toMatchObject({ behavior, confidence });
  expect(() => GuestProfile.parse(profile)).not.toThrow();
});

test('growth is per day, whatever the spacing of the observations', () => {
  const hourly = profileGuest(seen(49, 60, (i) => 20 + i / 8));
  const five = profileGuest(seen(577, 5, (i) => 20 + i / 96));
  expect([hourly.growth_rate_per_day, five.growth_rate_per_day]).toEqual([3, 3]);
});

test('peak hours are those of the zone, and how long it was watched is told', () => {
  const busyAtNine = seen(7 * 24, 60, (i) => (i % 24 === 9 ? 60 : 20));
  expect(profileGuest(busyAtNine)).toMatchObject({ peak_hours: [9], history_days: 7, growth_confidence: 'low' });
  expect(profileGuest(busyAtNine, 'Asia/Tokyo').peak_hours).toEqual([18]);
  expect(profileGuest(seen(48, 60, (i) => 20 + i / 8))).toMatchObject({ peak_hours: [], growth_confidence: 'high' });
});

test('fourteen hours of a morning’s climb are no growth', () => {
  expect(profileGuest(seen(168, 5, (i) => 10 + i / 4))).toMatchObject({ growth_rate_per_day: 0, behavior: 'cyclical' });
});

test('a guest that never did anything → a peak of once its mean', () => {
  expect(profileGuest(seen(12, 60, () => 0))).toMatchObject({ behavior: 'steady', peak_multiplier: 1, cv: 0 });
});
