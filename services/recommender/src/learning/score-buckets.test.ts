import { ScoreHistoryEntry } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { openScoreBuckets, pointsMax, type Wanted } from './score-buckets.ts';
import type { ScoreRecord } from './score-record.ts';

const minute = 60_000;
const start = Date.parse('2026-02-08T10:00:00Z');
const record = (minutes: number, parts: Partial<ScoreRecord> = {}): ScoreRecord => ({
  at: start + minutes * minute,
  health: 60,
  count: 1,
  nodes: { pve1: [53.12, 74, 71] },
  ...parts,
});
const entries = (records: readonly ScoreRecord[], wanted: Partial<Wanted> = {}) => {
  const buckets = openScoreBuckets({ minutes: 0, ...wanted });
  records.forEach(buckets.add);
  return buckets.entries();
};

test('without a bucket each record is an entry, with the score turned into suitability', () => {
  const { history, bucket_minutes } = entries([record(0), record(1, { health: null, nodes: {} })]);
  expect(bucket_minutes).toBe(0);
  expect(history).toEqual([
    {
      timestamp: '2026-02-08T10:00:00.000Z',
      nodes: { pve1: { score: 53.12, suitability: 46.9, cpu: 74, mem: 71 } },
      cluster_health: 60,
      recommendation_count: 1,
      generation_count: 1,
    },
    {
      timestamp: '2026-02-08T10:01:00.000Z',
      nodes: {},
      cluster_health: null,
      recommendation_count: 1,
      generation_count: 1,
    },
  ]);
  expect(() => history.map((one) => ScoreHistoryEntry.parse(one))).not.toThrow();
});

describe('buckets', () => {
  test('have the mean of what was there, the sum of recommendations and the newest time', () => {
    const { history } = entries(
      [
        record(3, { health: 60, count: 2, nodes: { pve1: [40, 10, 20], pve2: [10, 1, 1] } }),
        record(29, { health: null, count: 3, nodes: { pve1: [50, 20, 40] } }),
        record(30, { health: 71, count: 1 }),
      ],
      { minutes: 30 },
    );
    expect(history).toHaveLength(2);
    expect(history[0]).toEqual({
      timestamp: '2026-02-08T10:29:00.000Z',
      nodes: {
        pve1: { score: 45, suitability: 55, cpu: 15, mem: 30 },
        pve2: { score: 10, suitability: 90, cpu: 1, mem: 1 },
      },
      cluster_health: 60,
      recommendation_count: 5,
      generation_count: 2,
    });
  });

  test('a score above 100 is no suitability below 0, also on average', () => {
    const { history } = entries(
      [record(0, { nodes: { pve1: [180, 0, 0] } }), record(1, { nodes: { pve1: [20, 0, 0] } })],
      {
        minutes: 30,
      },
    );
    expect(history[0]?.nodes.pve1).toMatchObject({ score: 100, suitability: 40 });
  });
});

test.each([['pve2'], ['pve9'], ['constructor']])('of one node: %s', (node) => {
  const nodes = { pve1: [1, 1, 1], pve2: [2, 2, 2] } as ScoreRecord['nodes'];
  const [entry] = entries([record(0, { nodes })], { node }).history;
  expect(Object.keys(entry?.nodes ?? {})).toEqual(node === 'pve2' ? ['pve2'] : []);
});

test.each([
  [0, []],
  [2, [3, 4]],
  [9, [0, 1, 2, 3, 4]],
])('the newest %i entries', (limit, minutes) => {
  const { history } = entries(
    [0, 1, 2, 3, 4].map((at) => record(at)),
    { limit },
  );
  expect(history.map(({ timestamp }) => (Date.parse(timestamp) - start) / minute)).toEqual(minutes);
});

describe('an answer that would be too long', () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 64 }, (_, i) => [`pve${i}`, [i, i, i]]),
  ) as ScoreRecord['nodes'];
  const month = Array.from({ length: 8640 }, (_, i) => record(5 * i, { nodes, health: i % 100, count: 1 }));

  test.each([
    [0, 360],
    [60, 360],
    [7, 448],
  ])('in buckets of %i minutes comes in buckets of %i', (minutes, coarser) => {
    const { history, bucket_minutes } = entries(month, { minutes });
    expect(bucket_minutes).toBe(coarser);
    expect(history.length * 65).toBeLessThanOrEqual(pointsMax);
    expect(history.reduce((sum, one) => sum + one.recommendation_count, 0)).toBe(month.length);
    expect(history[20]?.nodes.pve7).toEqual({ score: 7, suitability: 93, cpu: 7, mem: 7 });
  });

  test('is exactly what it would be if it had been asked for like that', () => {
    expect(entries(month)).toEqual(entries(month, { minutes: 360 }));
  });

  test('of one node is short enough', () => {
    expect(entries(month, { node: 'pve1', minutes: 5 }).bucket_minutes).toBe(15);
    expect(entries(month, { node: 'pve1', limit: 500 })).toMatchObject({ bucket_minutes: 0 });
  });
});
