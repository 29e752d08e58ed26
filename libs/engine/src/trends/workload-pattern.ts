import type { TrendConfidence, WorkloadPattern } from '@proxbalance/contracts';
import { mean, roundTo } from '../numbers.ts';
import { type LocalClock, localClock, weekdayName } from './local-time.ts';
import { quietWindow, timingText } from './quiet-window.ts';
import { groupMeans, type Means, type Point, pointsOf, type ScoreRow } from './series.ts';

export type WorkloadPatternInput = {
  node: string;
  /** Score history, already limited to the hours wanted */
  history: readonly ScoreRow[];
  /** IANA name of the zone whose hours and days are meant; UTC without it */
  timeZone?: string | undefined;
};

const LEAST_ROWS = 12;
const LEAST_HOURS = 6;

/** How the CPU of a node follows the day and the week, when it bursts, and when it is quiet. */
export const workloadPattern = ({ node, history, timeZone = 'UTC' }: WorkloadPatternInput): WorkloadPattern => {
  const clock = localClock(timeZone);
  const points = pointsOf(history, (row) => row.nodes[node]?.cpu);
  const hours = groupMeans(points, (point) => clock(point.at).hour);
  const known = points.length >= LEAST_ROWS && hours.size >= LEAST_HOURS;
  const quiet = known ? quietWindow(hours) : null;
  return {
    node,
    data_points: points.length,
    daily_pattern: known ? dailyPattern(hours) : null,
    weekly_pattern: known ? weeklyPattern(points, clock) : null,
    burst_detection: known ? bursts(hours) : { detected: false, recurring_bursts: 0, burst_hours: [] },
    quiet_window: quiet,
    recommendation_timing: quiet && timingText(quiet, timeZone),
    time_zone: timeZone,
  };
};

const dailyPattern = (hours: Means): WorkloadPattern['daily_pattern'] => {
  const business = meanOf(hours, (hour) => hour >= 8 && hour <= 17);
  const off = meanOf(hours, (hour) => hour < 8 || hour > 17);
  if (business === null || off === null || Math.abs(business - off) <= 8) return null;
  const spread = Math.abs(business - off);
  const byLoad = ranked(hours);
  return {
    cycle_type: 'daily',
    peak_hours: inOrder(byLoad.slice(0, 5)),
    trough_hours: inOrder(byLoad.slice(-5)),
    peak_avg_cpu: r1(Math.max(business, off)),
    trough_avg_cpu: r1(Math.min(business, off)),
    business_hours_avg: r1(business),
    off_hours_avg: r1(off),
    spread: r1(spread),
    pattern_confidence: graded(spread, 20, 12),
  };
};

const weeklyPattern = (points: readonly Point[], clock: LocalClock): WorkloadPattern['weekly_pattern'] => {
  const days = groupMeans(points, (point) => clock(point.at).weekday);
  const week = meanOf(days, (day) => day < 5);
  const weekend = meanOf(days, (day) => day >= 5);
  if (days.size < 5 || week === null || weekend === null || Math.abs(week - weekend) <= 5) return null;
  const spread = Math.abs(week - weekend);
  return {
    cycle_type: 'weekly',
    peak_days: inOrder(ranked(days).slice(0, 3)).map(weekdayName),
    weekday_avg: r1(week),
    weekend_avg: r1(weekend),
    spread: r1(spread),
    pattern_confidence: spread > 15 ? 'high' : 'medium',
  };
};

const bursts = (hours: Means): WorkloadPattern['burst_detection'] => {
  const threshold = mean([...hours.values()].map((one) => one.mean)) + 20;
  const found = [...hours].filter(([, one]) => one.mean > threshold && one.count >= 3);
  const detected = found.length > 0;
  return {
    detected,
    recurring_bursts: found.length,
    burst_hours: inOrder(found.map(([hour]) => hour)),
    ...(detected ? { avg_burst_cpu: r1(mean(found.map(([, one]) => one.mean))), threshold_used: r1(threshold) } : {}),
  };
};

/** Mean of the groups chosen; null when none of them was seen. */
const meanOf = (groups: Means, chosen: (key: number) => boolean): number | null => {
  const means = [...groups].flatMap(([key, one]) => (chosen(key) ? [one.mean] : []));
  return means.length === 0 ? null : mean(means);
};

/** Groups by load, the busiest first. */
const ranked = (groups: Means): number[] =>
  [...groups].sort((a, b) => b[1].mean - a[1].mean || a[0] - b[0]).map(([key]) => key);

const inOrder = (keys: readonly number[]): number[] => keys.toSorted((a, b) => a - b);

const graded = (spread: number, high: number, medium: number): TrendConfidence => {
  if (spread > high) return 'high';
  return spread > medium ? 'medium' : 'low';
};

const r1 = (value: number): number => roundTo(value, 1);
