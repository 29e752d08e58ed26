import { GuestTrend } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { NOW } from '../testing/series.ts';
import { analyzeGuest } from './guest-trend.ts';
import type { GuestSample } from './series.ts';

const samples = (count: number, cpu: (i: number) => number | null, node: (i: number) => string | null = () => 'pve1') =>
  Array.from(
    { length: count },
    (_, i): GuestSample => ({ at: NOW - (count - 1 - i) * 3600, node: node(i), cpu: cpu(i), memory: 60 }),
  );
const analyze = (rows: GuestSample[], timeZone?: string) =>
  analyzeGuest({ vmid: 100, samples: rows, now: NOW, timeZone });

test.each([
  ['rises by 2.4 points a day', (i: number) => 20 + 0.1 * i, 'growing'],
  ['rises by half a point a day', (i: number) => 40 + i / 48, 'steady'],
  ['jumps between 2 and 60', (i: number) => (i % 2 ? 60 : 2), 'bursty'],
  ['jumps, but hardly uses anything', (i: number) => (i % 2 ? 9 : 0), 'variable'],
  ['idles between 0.5 and 2.5', (i: number) => 0.5 + (i % 3), 'steady'],
  ['swings by a third', (i: number) => 40 + 12 * (i % 2), 'steady'],
  ['swings by two thirds', (i: number) => 30 + 20 * (i % 2), 'variable'],
])('a guest that %s → %s', (_given, cpu, behavior) => {
  const trend = analyze(samples(48, cpu));
  expect(trend.behavior).toBe(behavior);
  expect(() => GuestTrend.parse(trend)).not.toThrow();
});

test('no samples → nothing is said', () => {
  expect(analyze([])).toMatchObject({ behavior: 'unknown', peak_hours: [], migration_history: [] });
});

test('busy from nine to eleven → those are its peak hours, in the zone asked for', () => {
  const busy = samples(96, (i) => {
    const hour = new Date((NOW - (95 - i) * 3600) * 1000).getUTCHours();
    return hour >= 9 && hour < 11 ? 80 : 10;
  });
  expect(analyze(busy).peak_hours).toEqual([9, 10]);
  expect(analyze(busy, 'Europe/Berlin').peak_hours).toEqual([10, 11]);
});

test('each change of node is a move; rows that do not know their node are passed over', () => {
  const nodes = ['pve1', 'pve1', null, 'pve2', 'pve2', null, 'pve2', 'pve1'];
  const rows = samples(
    8,
    () => 10,
    (i) => nodes[i] ?? null,
  );
  expect(analyze(rows).migration_history).toEqual([
    { at: '2026-02-08T06:00:00.000Z', source_node: 'pve1', target_node: 'pve2' },
    { at: '2026-02-08T10:00:00.000Z', source_node: 'pve2', target_node: 'pve1' },
  ]);
});
