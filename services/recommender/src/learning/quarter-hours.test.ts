import { expect, test } from 'vitest';
import { openQuarterHours } from './quarter-hours.ts';
import type { ScoreRecord } from './score-record.ts';

const now = Date.parse('2026-02-08T10:20:00Z');
const minute = 60_000;
const record = (minutesAgo: number, nodes: ScoreRecord['nodes']): ScoreRecord => ({
  at: now - minutesAgo * minute,
  health: 60,
  count: 0,
  nodes,
});

test('many generations in a quarter of an hour count no more than one', () => {
  const quarters = openQuarterHours(now, 1);
  quarters.add(record(120, { pve1: [0, 99, 99] }));
  quarters.add(record(60, { pve1: [0, 10, 20], pve0: [0, 1, 2] }));
  for (const cpu of [30, 40, 50]) quarters.add(record(4, { pve1: [0, cpu, 60] }));
  quarters.add(record(0, { pve1: [0, 80, 60] }));
  expect(quarters.names()).toEqual(['pve0', 'pve1']);
  expect(quarters.rows('pve1')).toEqual([
    { at: Date.parse('2026-02-08T09:15:00Z') / 1000, nodes: { pve1: { cpu: 10, mem: 20 } } },
    { at: Date.parse('2026-02-08T10:15:00Z') / 1000, nodes: { pve1: { cpu: 50, mem: 60 } } },
  ]);
});

test('of one node, or of one nobody has seen', () => {
  const one = openQuarterHours(now, 1, 'pve1');
  one.add(record(1, { pve0: [0, 1, 2], pve1: [0, 3, 4] }));
  expect(one.names()).toEqual(['pve1']);
  expect(openQuarterHours(now, 1).rows('constructor')).toEqual([]);
});
