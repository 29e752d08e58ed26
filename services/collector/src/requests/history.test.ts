import { expect, test } from 'vitest';
import type { Row } from '../series/reader.ts';
import { resolutionOf, toPoints } from './history.ts';

const names = new Map([[1, 'pve1']]);
const row = (from: number, cpu: number, { count = 30, place = 1 }: { count?: number; place?: number } = {}): Row => ({
  from,
  seconds: 300,
  place,
  count,
  counts: Array.from({ length: 6 }, () => count),
  means: [cpu, 50, 1, NaN, 0, 2],
});

test.each([
  [1, 300],
  [6, 300],
  [24, 1200],
  [48, 2400],
  [168, 3 * 3600],
  [24 * 90, 5 * 6 * 3600],
])('%d hours are at most 80 points, %d seconds each', (hours, seconds) => {
  expect(resolutionOf(hours)).toBe(seconds);
  expect((hours * 3600) / seconds).toBeLessThan(80);
});

test('rates are bytes a second again; what was not measured is null', () => {
  expect(toPoints([row(300, 10)], 300, names)).toEqual([
    {
      timestamp: '1970-01-01T00:05:00.000Z',
      node: 'pve1',
      cpu: 10,
      memory: 50,
      disk_read_bps: 2 ** 20,
      disk_write_bps: null,
      net_in_bps: 0,
      net_out_bps: 2 ** 21,
    },
  ]);
});

test('rows of one point are weighted by what they saw, a gap is a point of nulls', () => {
  const points = toPoints([row(0, 10), row(300, 40, { count: 10 }), row(1800, 5, { place: 9 })], 600, names);
  expect(points.map(({ cpu, node }) => ({ cpu, node }))).toEqual([
    { cpu: 17.5, node: 'pve1' },
    { cpu: null, node: null },
    { cpu: null, node: null },
    { cpu: 5, node: null },
  ]);
});

test('each mean is weighted by what it was made of itself', () => {
  const often = { ...row(0, 10), counts: [2, 30, 30, 30, 30, 30] };
  const [point] = toPoints([often, { ...row(300, 40), counts: [6, 30, 30, 30, 30, 30] }], 600, names);
  expect(point?.cpu).toBe(32.5);
});

test('no rows, no points', () => {
  expect(toPoints([], 600, names)).toEqual([]);
});
