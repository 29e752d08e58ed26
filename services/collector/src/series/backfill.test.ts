import { expect, test } from 'vitest';
import { nodeSample } from '../testing/rows.ts';
import { backfillFrom } from './backfill.ts';

const hour = 3600;
const now = 1000 * 24 * hour;
type Row = ReturnType<typeof nodeSample>;

const rows = (count: number, step: number, end: number, more: Partial<Row> = {}): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    ...nodeSample(0),
    at: new Date((end - (count - index) * step) * 1000),
    cpuRatio: 0.5,
    ...more,
  }));

test('a day in minutes and a week in half hours become samples, hours and quarter days', () => {
  const { raw, hours, quarterDays } = backfillFrom(rows(1440, 60, now), rows(336, 1800, now, { cpuRatio: 0.2 }), now);
  expect(raw).toHaveLength(1439);
  expect(raw[0]).toMatchObject({ count: 6, values: expect.arrayContaining([50]) });
  expect(hours).toHaveLength(7 * 24);
  expect(quarterDays).toHaveLength(7 * 4);
  expect(hours[0]?.statistics[0]).toMatchObject({ count: 360, avg: 20 });
  expect(hours.at(-1)?.statistics[0]).toMatchObject({ count: 360, avg: 50 });
});

test('a gap stays a gap, and the hour that is not over has no summary yet', () => {
  const day = rows(90, 60, now + 30 * 60).map((row, index) => (index < 30 ? gap(row) : row));
  const { hours } = backfillFrom(day, [], now + 30 * 60);
  expect(hours.map(({ at }) => at)).toEqual([now - hour]);
  expect(hours[0]?.statistics[0]?.count).toBe(30 * 6);
});

const gap = (row: Row): Row => ({
  ...row,
  cpuRatio: null,
  iowaitRatio: null,
  loadAverage: null,
  memUsedBytes: null,
  netInBytesPerSecond: null,
  netOutBytesPerSecond: null,
});

test('a node without history fills in nothing', () => {
  expect(backfillFrom([], [], now)).toEqual({ raw: [], hours: [], quarterDays: [] });
});
