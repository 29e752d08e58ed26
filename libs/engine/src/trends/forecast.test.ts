import { Forecast } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { NOW, scoreRows } from '../testing/series.ts';
import { forecastThresholds } from './forecast.ts';
import type { ScoreRow } from './series.ts';

const ask = (history: readonly ScoreRow[], nodes = ['pve1'], moves?: Record<string, number[]>) =>
  forecastThresholds({ history, nodes, thresholds: { cpu_threshold: 60, mem_threshold: 70 }, moves, now: NOW });
const rising = (node: string, last: number, perDay: number, rows = 4) =>
  scoreRows(node, rows, (hoursAgo) => last - (perDay * hoursAgo) / 24, 12);

test('50, 52, 54, 56 every twelve hours → 60 % within a day', () => {
  const [forecast, ...others] = ask(rising('pve1', 56, 4));
  expect(others).toEqual([]);
  expect(forecast).toEqual({
    type: 'forecast',
    node: 'pve1',
    metric: 'cpu',
    current_value: 56,
    threshold: 60,
    projected_value: 64,
    projected_low: 64,
    projected_high: 64,
    trend_rate_per_day: 4,
    estimated_hours_to_crossing: 24,
    confidence: 'high',
    r_squared: 1,
    message: 'pve1 CPU will cross 60% in about 24 h',
    severity: 'warning',
  });
  expect(() => Forecast.parse(forecast)).not.toThrow();
});

test.each([
  ['above it already', rising('pve1', 61, 4)],
  ['not there in two days', rising('pve1', 50, 4)],
  ['falling', rising('pve1', 56, -4)],
  ['flat', rising('pve1', 56, 0)],
  ['known from two rows only', rising('pve1', 56, 4, 2)],
  ['known for less than a day', scoreRows('pve1', 24, (hoursAgo) => 56 - hoursAgo / 6)],
  ['older than a week', rising('pve1', 56, 4).map((row) => ({ ...row, at: row.at - 8 * 86_400 }))],
])('a node that is %s → no forecast', (_given, history) => {
  expect(ask(history)).toEqual([]);
});

test.each([
  [40, 'critical'],
  [6, 'warning'],
  [2.2, 'info'],
])('rising by %d points a day, four below the threshold → %s', (perDay, severity) => {
  expect(ask(rising('pve1', 56, perDay))[0]?.severity).toBe(severity);
});

test('the restless series has the wider band', () => {
  const restless = scoreRows('pve1', 30, (hoursAgo) => 56 - hoursAgo / 6 + (hoursAgo % 2 ? 3 : -3));
  const [one] = ask(restless);
  expect(one?.projected_low).toBeLessThan((one?.projected_value ?? 0) - 3);
  expect(one?.projected_high).toBeGreaterThan((one?.projected_value ?? 0) + 3);
});

test('the most severe and nearest comes first; a node that is not asked for is left out', () => {
  const rows = ['c', 'a', 'b'].map((node, i) => rising(node, 56, [4, 40, 30][i] ?? 0));
  const merged = Array.from({ length: 4 }, (_, i) => ({
    at: rows[0]?.[i]?.at ?? 0,
    nodes: Object.assign({}, ...rows.map((own) => own[i]?.nodes)),
  }));
  expect(ask(merged, ['c', 'b', 'a']).map((one) => one.node)).toEqual(['a', 'b', 'c']);
  expect(ask(merged, ['b']).map((one) => one.node)).toEqual(['b']);
});

test('guests that came are no trend: the step from a migration is told and cut out', () => {
  const stepped = scoreRows('pve1', 72, (hoursAgo) => (hoursAgo < 24 ? 56 : 36));
  expect(ask(stepped)).toMatchObject([{ node: 'pve1', metric: 'cpu' }]);
  const at = NOW - 24 * 3600 + 1;
  expect(ask(stepped, ['pve1'], { pve1: [at] })).toEqual([]);
  // What happened on another node explains nothing here.
  expect(ask(stepped, ['pve1'], { pve2: [at] })).toHaveLength(1);
});

test('a trend that goes on across a migration is forecast from the level it is at now', () => {
  const rising = scoreRows('pve1', 72, (hoursAgo) => 56 - hoursAgo / 12 - (hoursAgo < 24 ? 0 : 20));
  const [plain] = ask(rising);
  const [cut] = ask(rising, ['pve1'], { pve1: [NOW - 24 * 3600 + 1] });
  expect(plain?.trend_rate_per_day).toBeGreaterThan(8);
  expect(cut).toMatchObject({
    trend_rate_per_day: 2,
    projected_value: 60,
    estimated_hours_to_crossing: 48,
    r_squared: 1,
  });
});

test('a node whose guests come and go all the time → nothing is claimed', () => {
  const restless = scoreRows('pve1', 48, (hoursAgo) => 59 - hoursAgo / 4);
  expect(ask(restless)).toHaveLength(1);
  expect(ask(restless, ['pve1'], { pve1: restless.map(({ at }) => at - 60) })).toEqual([]);
});

test('a value that was not measured is left out', () => {
  const gap = rising('pve1', 56, 4, 5).map((row, i) =>
    i === 2 ? { ...row, nodes: { pve1: { cpu: null, mem: null } } } : row,
  );
  expect(ask(gap)[0]).toMatchObject({ projected_value: 64, r_squared: 1 });
});
