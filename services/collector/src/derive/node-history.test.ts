import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type NodeSample, NodeSamples } from '../../../../libs/proxmox/src/decode/rrd.ts';
import { gap, nodeSample } from '../testing/rows.ts';
import { deriveNodeHistory, deriveWeek } from './node-history.ts';

const historyOf = (day: NodeSample[], week: NodeSample[]) => deriveNodeHistory(day, deriveWeek(week));

const samples = (cpu: number[]) => cpu.map((cpuRatio, index) => nodeSample(60 * index, { cpuRatio }));

test('averages and peaks are of the samples there are', () => {
  const day = [nodeSample(0, { cpuRatio: 0.2 }), gap(60), nodeSample(120, { cpuRatio: 0.4 })];
  expect(historyOf(day, day)).toMatchObject({
    avg_cpu: expect.closeTo(30),
    max_cpu: 40,
    avg_mem: 40,
    avg_load: 2,
    avg_iowait: 1,
    has_historical: true,
  });
});

test('a gap is never a zero, neither in a mean nor on a chart', () => {
  const { avg_cpu, points } = historyOf([gap(0), nodeSample(60), gap(120)], []);
  expect(avg_cpu).toBe(50);
  expect(points.day).toEqual([{ time: 60, cpu: 50, mem: 40, iowait: 1 }]);
});

test.each([
  ['the CPU', { cpuRatio: null }],
  ['the memory', { memUsedBytes: null }],
  ['the memory there is', { memTotalBytes: 0 }],
  ['the waiting', { iowaitRatio: null }],
])('a sample without %s is no point of the chart', (_, missing) => {
  expect(historyOf([nodeSample(0, missing)], []).points.day).toEqual([]);
});

test('nothing but gaps is no history', () => {
  expect(historyOf([gap(0)], [gap(0)])).toMatchObject({
    has_historical: false,
    avg_cpu: 0,
    cpu_trend: 'stable',
  });
});

test('the newest sample says how much is waited now, gaps behind it aside', () => {
  const day = [nodeSample(0, { iowaitRatio: 0.2 }), nodeSample(60, { iowaitRatio: 0.3 }), gap(120)];
  expect(historyOf(day, []).current_iowait).toBe(30);
});

test.each([
  ['whose newest row has a sample', [gap(0), nodeSample(1800)], true],
  ['that missed one step of half an hour', [nodeSample(0), gap(1800)], true],
  ['that ends in a gap of more than half an hour', [nodeSample(0), gap(1860)], false],
  ['of nothing but gaps', [gap(0), gap(60)], false],
  ['without rows', [], false],
])('a series %s is recent or not', (_, day, isRecent) => {
  expect(historyOf(day, []).isRecent).toBe(isRecent);
});

test('coarse rows of before an upgrade count for the time they stand for', () => {
  const before = [0, 1800].map((at) => nodeSample(at, { cpuRatio: 0.9, loadAverage: 4 }));
  const since = Array.from({ length: 20 }, (_, minute) =>
    nodeSample(1860 + 60 * minute, { cpuRatio: 0.1, loadAverage: 0 }),
  );
  const { avg_cpu, avg_load, cpu_trend, points } = historyOf([...before, ...since], []);
  expect(avg_cpu).toBeCloseTo((60 * 90 + 20 * 10) / 80);
  expect(avg_load).toBeCloseTo((60 * 4) / 80);
  expect(cpu_trend).toBe('falling');
  expect(points.day).toHaveLength(22);
});

test('a node too young for the week is judged by its day', () => {
  expect(historyOf([nodeSample(0)], [gap(0)])).toMatchObject({ avg_cpu_week: 50, avg_mem_week: 40 });
});

test.each([
  ['rising', [0.1, 0.1, 0.2, 0.3, 0.31]],
  ['falling', [0.31, 0.3, 0.2, 0.1, 0.1]],
  ['stable', [0.1, 0.9, 0.9, 0.9, 0.2]],
  ['stable', [0.3]],
  ['stable', []],
] as const)('%s: %j', (trend, week) => {
  expect(historyOf(samples([0.1]), samples([...week])).cpu_trend).toBe(trend);
});

test('a long series is thinned, and keeps its newest point', () => {
  const day = Array.from({ length: 1440 }, (_, index) => nodeSample(60 * index));
  const { points } = historyOf(day, day);
  expect(points.day.length).toBeLessThanOrEqual(96);
  expect(points.day.at(-1)?.time).toBe(60 * 1439);
  expect(points.week.at(-1)?.time).toBe(60 * 1439);
});

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'fixtures/proxmox',
);
if (!existsSync(folder)) console.warn(`SKIPPED: no recorded series in ${folder} (set PROXBALANCE_SHARED)`);

describe.skipIf(!existsSync(folder))('as recorded', () => {
  test.each(['node-rrddata-pulse-8', 'node-rrddata-hour-pulse-9.2.3'])('%s', (name) => {
    const { data } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const series = NodeSamples.parse(data);
    const history = historyOf(series, series);
    expect(history.has_historical).toBe(true);
    expect(history.avg_cpu).toBeGreaterThan(0);
    expect(history.max_cpu).toBeGreaterThanOrEqual(history.avg_cpu);
    expect(history.points.day.every((point) => point.cpu > 0 && point.mem > 0)).toBe(true);
  });
});
