import { WorkloadPattern } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { NOW, scoreRows } from '../testing/series.ts';
import { workloadPattern } from './workload-pattern.ts';

const hourAt = (hoursAgo: number) => new Date((NOW - hoursAgo * 3600) * 1000).getUTCHours();
const dayAt = (hoursAgo: number) => new Date((NOW - hoursAgo * 3600) * 1000).getUTCDay();
const pattern = (
  cpu: (hoursAgo: number) => number,
  { count = 336, timeZone }: { count?: number; timeZone?: string } = {},
) => workloadPattern({ node: 'pve1', history: scoreRows('pve1', count, cpu), timeZone });
const office = (hoursAgo: number) => {
  const hour = hourAt(hoursAgo);
  return hour >= 8 && hour <= 17 ? 60 + (hour === 10 ? 2 : 0) : hour >= 1 && hour < 5 ? 30 : 40;
};

test('busy in office hours → a daily pattern with its hours', () => {
  const found = pattern(office);
  expect(found.daily_pattern).toEqual({
    cycle_type: 'daily',
    peak_hours: [8, 9, 10, 11, 12],
    trough_hours: [1, 2, 3, 4, 23],
    peak_avg_cpu: 60.2,
    trough_avg_cpu: 37.1,
    business_hours_avg: 60.2,
    off_hours_avg: 37.1,
    spread: 23.1,
    pattern_confidence: 'high',
  });
  expect(found.recommendation_timing).toBe('01:00-05:00 UTC is quietest');
  expect(found.quiet_window).toEqual({ start_hour: 1, end_hour: 5, avg_cpu: 30 });
  expect(() => WorkloadPattern.parse(found)).not.toThrow();
});

test('in a zone of its own, hours are those of the zone', () => {
  expect(pattern(office, { timeZone: 'Asia/Tokyo' }).recommendation_timing).toBe('10:00-14:00 Asia/Tokyo is quietest');
});

test('four quiet hours that are apart → the quietest four in a row, over midnight if need be', () => {
  const quiet = pattern((ago) =>
    [4, 9, 14, 19].includes(hourAt(ago)) ? 30 : [22, 23, 0, 1].includes(hourAt(ago)) ? 31 : 50,
  );
  expect(quiet.quiet_window).toEqual({ start_hour: 22, end_hour: 2, avg_cpu: 31 });
});

test.each([
  ['the same all day', () => 40, null],
  ['a little busier by day', (ago: number) => (hourAt(ago) >= 8 && hourAt(ago) <= 17 ? 50 : 40), 'low'],
  ['clearly busier by day', (ago: number) => (hourAt(ago) >= 8 && hourAt(ago) <= 17 ? 55 : 40), 'medium'],
  ['busier by night', (ago: number) => (hourAt(ago) >= 8 && hourAt(ago) <= 17 ? 20 : 45), 'high'],
])('%s → confidence %s', (_given, cpu, confidence) => {
  expect(pattern(cpu).daily_pattern?.pattern_confidence ?? null).toBe(confidence);
});

test('quiet weekends → a weekly pattern', () => {
  const found = pattern((ago) => ([0, 6].includes(dayAt(ago)) ? 20 : dayAt(ago) === 3 ? 60 : 40)).weekly_pattern;
  expect(found).toEqual({
    cycle_type: 'weekly',
    peak_days: ['Mon', 'Tue', 'Wed'],
    weekday_avg: 44,
    weekend_avg: 20,
    spread: 24,
    pattern_confidence: 'high',
  });
});

test('working days alone → no weekly pattern', () => {
  const week = scoreRows('pve1', 160, () => 50).filter((row) => ![0, 6].includes(new Date(row.at * 1000).getUTCDay()));
  expect(workloadPattern({ node: 'pve1', history: week }).weekly_pattern).toBeNull();
});

test('one hour far above the rest → a burst that recurs', () => {
  expect(pattern((ago) => (hourAt(ago) === 3 ? 90 : 30)).burst_detection).toEqual({
    detected: true,
    recurring_bursts: 1,
    burst_hours: [3],
    avg_burst_cpu: 90,
    threshold_used: 52.5,
  });
  expect(pattern((ago) => (hourAt(ago) === 3 ? 90 : 30), { count: 40 }).burst_detection.detected).toBe(false);
});

test.each([
  ['eleven rows', scoreRows('pve1', 11, () => 40)],
  ['many rows of few hours', scoreRows('pve1', 40, () => 40, 24)],
  ['rows of another node', scoreRows('pve2', 100, () => 40)],
])('%s → nothing is said', (_given, history) => {
  expect(workloadPattern({ node: 'pve1', history })).toMatchObject({
    daily_pattern: null,
    weekly_pattern: null,
    burst_detection: { detected: false, recurring_bursts: 0, burst_hours: [] },
    quiet_window: null,
    recommendation_timing: null,
  });
});
