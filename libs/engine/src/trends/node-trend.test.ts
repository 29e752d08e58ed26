import { defaultPenalties, NodeTrend } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { MIB } from '../numbers.ts';
import { targetScore } from '../target-score.ts';
import { aGuest, aNode } from '../testing/build.ts';
import { NOW, nodeSamples } from '../testing/series.ts';
import { analyzeNode, type NodeTrendInput } from './node-trend.ts';

const analyze = (samples: NodeTrendInput['samples'], parts: Partial<NodeTrendInput> = {}) =>
  analyzeNode({ node: 'pve1', samples, now: NOW, ...parts });

describe('48 samples half an hour apart, scored as the earlier system scored them', () => {
  const guest = aGuest({ cpu_current: 50, cpu_cores: 4, mem_used_gb: 8, mem_max_gb: 8, disk_read_bps: 40 * MIB });
  test.each([
    ['flat', () => 65, 100, 106.025, { current_cpu: 14, cpu_spikes: 4, predicted_cpu: 35 }],
    [
      'rising by 0.1',
      (i: number) => 40 + 0.1 * i,
      98,
      137.025,
      { cpu_trend: 31, current_cpu: 14, cpu_spikes: 4, predicted_cpu: 35 },
    ],
    [
      'alternating 20 and 60',
      (i: number) => (i % 2 === 0 ? 60 : 20),
      58,
      128.025,
      { current_cpu: 20, cpu_spikes: 5, predicted_cpu: 50 },
    ],
  ])('%s', (_given, cpu, stability, score, points) => {
    const trend = analyze(nodeSamples(48, 0.5, cpu));
    expect(trend.overall_stability).toBe(stability);
    const answer = targetScore({
      node: aNode({ cpu: 65, mem: 50, iowait: 2 }),
      guest,
      thresholds: { cpu_threshold: 60, mem_threshold: 70 },
      config: defaultPenalties(),
      adding: true,
      trend,
    });
    expect(answer.score).toBeCloseTo(score, 6);
    expect(answer.details.penalties).toMatchObject(points);
  });
});

test('no samples → nothing is said: neutral stability, unknown label and direction', () => {
  const trend = analyze([]);
  expect(trend).toMatchObject({
    overall_stability: 50,
    overall_stability_label: 'unknown',
    overall_direction: 'unknown',
    cpu_baseline: null,
    data_quality: { total_samples: 0, oldest_sample_age_hours: 0, coverage_days: 0, recent_sample_count: 0 },
  });
  expect(() => NodeTrend.parse(trend)).not.toThrow();
});

test('a value that was not measured is left out, it is not 0', () => {
  const trend = analyze(nodeSamples(48, 0.5, (i) => (i % 3 === 0 ? null : 40)));
  expect(trend.cpu).toMatchObject({ data_points: 32, rate_per_day: 0, current_avg: 40, stability_score: 100 });
});

test.each([
  ['sustained', (i: number) => 20 + i, 'degrading'],
  ['slow', (i: number) => 20 + i * 0.03, 'warming'],
  ['absent', () => 20, 'healthy'],
  ['downward', (i: number) => 60 - i, 'healthy'],
])('a rise that is %s → %s', (_given, cpu, direction) => {
  expect(analyze(nodeSamples(40, 1, cpu)).overall_direction).toBe(direction);
});

test('samples before the lookback and after now do not count', () => {
  const samples = nodeSamples(400, 1, () => 40);
  expect(analyze(samples).data_quality).toEqual({
    total_samples: 169,
    oldest_sample_age_hours: 168,
    coverage_days: 7,
    recent_sample_count: 48,
  });
  expect(analyze(samples, { lookbackHours: 24 }).data_quality.total_samples).toBe(25);
  expect(analyze(samples, { now: NOW - 3600 * 300 }).data_quality.total_samples).toBe(100);
});

test('the order of samples changes nothing', () => {
  const samples = nodeSamples(48, 0.5, (i) => (i * 7) % 31);
  expect(analyze(samples.toReversed())).toEqual(analyze(samples));
});

test('an aggregate of twelve samples counts twelve times', () => {
  const hourly = nodeSamples(24, 1, (i) => i).map((row) => ({ ...row, sample_count: 12 }));
  const raw = hourly.flatMap((row) => Array.from({ length: 12 }, () => ({ ...row, sample_count: 1 })));
  expect(analyze(hourly).cpu.rate_per_day).toBe(analyze(raw).cpu.rate_per_day);
});

test('guests that came are neither a trend nor restlessness, where their arrival is told', () => {
  const samples = nodeSamples(48, 1, (i) => (i < 24 ? 20 : 50));
  expect(analyze(samples).overall_direction).toBe('degrading');
  expect(analyze(samples).overall_stability_label).toBe('moderate');
  const told = analyze(samples, { moves: [NOW - 24 * 3600 + 1] });
  expect(told).toMatchObject({
    overall_direction: 'healthy',
    overall_stability: 100,
    overall_stability_label: 'stable',
  });
});

describe('what is usual at this hour', () => {
  const daily = (i: number) => ((i + 1) % 24 === 0 ? 60 : 20) + (Math.floor(i / 24) % 2);

  test('as busy as every day at this time → not above the baseline', () => {
    const trend = analyze(nodeSamples(144, 1, (i) => daily(i)));
    expect(trend).toMatchObject({ cpu_above_baseline: false, cpu_baseline: { baseline_avg: 60.4, data_points: 5 } });
  });

  test('far busier than every day at this time → above it, by so many deviations', () => {
    const trend = analyze(nodeSamples(144, 1, (i) => (i > 140 ? 90 : daily(i))));
    expect(trend.cpu_above_baseline).toBe(true);
    expect(trend.cpu_baseline_sigma).toBeGreaterThan(2);
  });

  test('always the same → no deviation to measure by', () => {
    const trend = analyze(nodeSamples(144, 1, () => 30));
    expect(trend).toMatchObject({
      cpu_baseline: { baseline_std: 0 },
      cpu_baseline_sigma: null,
      cpu_above_baseline: false,
    });
  });

  test('samples of today alone are no baseline', () => {
    expect(analyze(nodeSamples(36, 0.25, () => 30)).cpu_baseline).toBeNull();
  });

  test('the hour is that of the zone', () => {
    // Clocks in Chicago went forward on 8 March 2026: seven in the morning there is 13:00 UTC before it and 12:00 after.
    const now = Date.UTC(2026, 2, 10, 12) / 1000;
    const samples = Array.from({ length: 8 * 24 }, (_, i) => {
      const at = now - i * 3600;
      return { at, cpu: new Date(at * 1000).getUTCHours() === 13 ? 80 : 20, memory: 50, iowait: 1 };
    });
    const chicago = analyzeNode({ node: 'pve1', samples, now, timeZone: 'America/Chicago' });
    expect(chicago.cpu_baseline).toMatchObject({ baseline_avg: 62.86 });
    expect(analyzeNode({ node: 'pve1', samples, now }).cpu_baseline).toMatchObject({ baseline_avg: 20 });
  });
});
