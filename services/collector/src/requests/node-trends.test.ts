import { expect, test } from 'vitest';
import type { Series } from '../series/reader.ts';
import { readNodeTrends } from './node-trends.ts';

test('an answer is given again for a minute, but not one that knew of nothing yet', async () => {
  let [known, looked] = [0, 0];
  const rows = () => {
    looked++;
    return new Map([
      [
        'pve1',
        Array.from({ length: known }, (_, at) => ({ from: at * 3600, seconds: 3600, count: 1, means: [40, 50, 1] })),
      ],
    ]);
  };
  const series = {
    catalogue: { ids: async () => ['pve1'], moves: async () => [] },
    reader: { rows: async () => rows() },
  } as unknown as Series;
  const read = readNodeTrends({ series, now: () => new Date(48 * 3_600_000), timeZone: () => 'UTC' });
  const direction = async () => {
    const { nodes } = await read({ lookback_days: 7, cpu_threshold: 60, mem_threshold: 70 });
    return nodes.pve1?.cpu.direction;
  };
  expect(await direction()).toBe('unknown');
  known = 48;
  expect([await direction(), await direction()]).toEqual(['stable', 'stable']);
  expect(looked).toBe(2);
});
