import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backfillFrom, type PastRow } from './backfill.ts';

const hour = 3600;
const now = 1000 * 24 * hour;
const rest = [NaN, NaN, NaN, NaN, NaN];

/** Rows of one length, the last of which ends at `end`; `cpu` by index. */
const rows = (count: number, step: number, end: number, cpu: number | ((index: number) => number)): PastRow[] =>
  Array.from({ length: count }, (_, index) => ({
    end: end - (count - 1 - index) * step,
    values: [typeof cpu === 'number' ? cpu : cpu(index), ...rest],
  }));

describe('Proxmox VE 9: a day in minutes and a week in half hours', () => {
  const { raw, hours, quarterDays } = backfillFrom('guest', rows(1440, 60, now, 50), rows(336, 1800, now, 20), now);

  test('become samples, hours and quarter days that are over', () => {
    expect(hours).toHaveLength(7 * 24);
    expect(quarterDays).toHaveLength(7 * 4);
    expect(hours[0]?.statistics[0]).toMatchObject({ count: 360, avg: 20 });
    expect(hours.at(-1)?.statistics[0]).toMatchObject({ count: 360, avg: 50 });
    expect(hours.at(-1)?.statistics[1]).toBeNull();
  });

  test('samples reach back two days, the older half from the week', () => {
    expect(raw[0]).toMatchObject({ at: now - 48 * hour, count: 30, values: [20, ...rest] });
    expect(raw.at(-1)).toMatchObject({ at: now - 600, count: 30, values: [50, ...rest] });
    expect(raw).toHaveLength(2 * 288 - 1);
  });

  test('a node has its own, finer samples', () => {
    const node = backfillFrom('node', rows(1440, 60, now, 50), [], now);
    expect(node.raw).toHaveLength(1439);
    expect(node.raw[0]).toMatchObject({ at: now - 24 * hour, count: 6 });
  });
});

describe('Proxmox VE 8: 70 rows of half hours and 70 of three hours', () => {
  const day = rows(70, 1800, now, 40);
  const { raw, hours, quarterDays } = backfillFrom('guest', day, rows(70, 3 * hour, now, 10), now);

  test('a row is in every bucket that it covers', () => {
    expect(hours).toHaveLength(210);
    expect(hours[0]?.statistics[0]).toMatchObject({ count: 360, avg: 10 });
    expect(raw).toHaveLength(2 * 288 - 1);
    expect(raw.every(({ count }) => count === 30)).toBe(true);
    expect(quarterDays.at(-1)?.statistics[0]).toMatchObject({ count: 4 * 540, avg: 40 });
  });

  test('where the finer rows begin, the coarser end', () => {
    const border = now - 35 * hour;
    const at = (time: number) => raw.find((sample) => sample.at === time)?.values[0];
    expect([at(border - 300), at(border)]).toEqual([10, 40]);
    expect(hours.find((one) => one.at === border - hour)?.statistics[0]).toMatchObject({ count: 360, avg: 10 });
  });
});

test('a row is of the time before it: that is when Proxmox measured', () => {
  const { hours } = backfillFrom(
    'guest',
    [],
    rows(4, 1800, now, (index) => 10 * index),
    now,
  );
  expect(hours.map(({ at, statistics }) => [at, statistics[0]?.avg])).toEqual([
    [now - 2 * hour, 5],
    [now - hour, 25],
  ]);
});

test('a gap stays a gap, and the hour that is not over has no summary yet', () => {
  const half = now + 1800;
  const { hours, raw } = backfillFrom(
    'node',
    rows(90, 60, half, (index) => (index < 30 ? NaN : 50)),
    [],
    half,
  );
  expect(hours.map(({ at, statistics }) => [at, statistics[0]?.count])).toEqual([[now - hour, 30 * 6]]);
  expect(raw[0]?.at).toBe(now - 1800);
});

test('after rows that are not there a row is no longer than it can be', () => {
  const { hours } = backfillFrom('guest', [], [...rows(1, 1800, now - 24 * hour, 10), ...rows(1, 1800, now, 20)], now);
  expect(hours.map(({ at }) => at)).toEqual([-27, -26, -25, -3, -2, -1].map((ago) => now + ago * hour));
});

test('what is coarser and older, as after an upgrade, counts for as long as it lasted', () => {
  const old = rows(2, 1800, now - hour, 10);
  const { hours } = backfillFrom('guest', [...old, ...rows(60, 60, now, 50)], [], now);
  expect(hours.map(({ statistics }) => statistics[0])).toMatchObject([
    { count: 360, avg: 10 },
    { count: 360, avg: 50 },
  ]);
});

test('nothing is filled in from nothing', () => {
  const empty = { raw: [], hours: [], quarterDays: [] };
  expect(backfillFrom('node', [], [], now)).toEqual(empty);
  expect(backfillFrom('guest', rows(70, 1800, now, NaN), rows(70, 3 * hour, now, NaN), now)).toEqual(empty);
});

test('whatever the rows, an hour is the mean of what was measured in it, and nothing is where nothing was', () => {
  const measured = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(NaN));
  fc.assert(
    fc.property(fc.array(measured, { minLength: 2, maxLength: 300 }), fc.constantFrom(60, 1800), (values, step) => {
      const past = rows(values.length, step, now, (index) => values[index] ?? NaN);
      const { hours } = backfillFrom('guest', past, [], now);
      const groups = Map.groupBy(past, ({ end }) => Math.floor((end - step) / hour) * hour);
      for (const [at, own] of groups) {
        const present = own.flatMap((row) => (Number.isNaN(row.values[0]) ? [] : [row.values[0] ?? 0]));
        const found = hours.find((one) => one.at === at)?.statistics[0];
        expect(found?.count ?? 0).toBe((present.length * step) / 10);
        if (present.length > 0)
          expect(found?.avg).toBeCloseTo(present.reduce((sum, one) => sum + one, 0) / present.length, 6);
      }
    }),
  );
});
