import type { MetricTrend, StabilityLabel, TrendConfidence, TrendDirection } from '@proxbalance/contracts';
import { clamp, mean, roundTo } from '../numbers.ts';
import { fitConfidence, fitLine, type Line, stretchesOf } from './regression.ts';
import { type Point, weightedDeviation, weightedMean } from './series.ts';

const HOUR = 3600;
const PROJECTED_HOURS = 48;
/** A rate per day is not read from less than a quarter of a day. */
const LEAST_SPAN_HOURS = 6;
const LEAST_POINTS = 4;
const NEUTRAL_STABILITY = 50;

export type MetricTrendOptions = {
  /** What the metric should stay below, percent */
  threshold?: number | undefined;
  /** Times, unix seconds, when the level jumped because a guest came or went */
  breaks?: readonly number[] | undefined;
};

/** The trend of one metric; points oldest first. */
export const metricTrend = (
  points: readonly Point[],
  { threshold, breaks = [] }: MetricTrendOptions = {},
): MetricTrend => {
  const last = points.at(-1);
  const stretches = breaks.length === 0 ? [points] : stretchesOf(points, breaks);
  const latest = mean((stretches.at(-1) ?? points).slice(-3).map((point) => point.value));
  const known = points.length >= LEAST_POINTS;
  const stability = known ? stabilityOf(levelled(stretches) ?? points) : NEUTRAL_STABILITY;
  const span = ((last?.at ?? 0) - (points[0]?.at ?? 0)) / HOUR;
  const line = known && span >= LEAST_SPAN_HOURS ? fitLine(points, breaks) : null;
  return {
    ...heading(line, points.length),
    current_avg: last ? roundTo(latest, 2) : null,
    projected_value: line && last ? roundTo(clamp(line.valueAt(last.at + PROJECTED_HOURS * HOUR), 0, 100), 2) : null,
    hours_to_threshold: line ? hoursTo(threshold, latest, line.slope) : null,
    stability_score: stability,
    // Nothing known is not the same as restless.
    stability_label: known ? stabilityLabel(stability) : 'unknown',
    data_points: points.length,
  };
};

/** Stability in a word: stable from 80, moderate from 55. */
export const stabilityLabel = (score: number): StabilityLabel => {
  if (score >= 80) return 'stable';
  return score >= 55 ? 'moderate' : 'volatile';
};

type Heading = Pick<MetricTrend, 'direction' | 'rate_per_day' | 'rate_display' | 'confidence' | 'r_squared'>;

const heading = (line: Line | null, count: number): Heading => {
  const rate = roundTo(24 * (line?.slope ?? 0), 2) || 0;
  return {
    direction: line ? directionOf(rate) : 'unknown',
    rate_per_day: rate,
    rate_display: rateText(rate),
    confidence: line ? confidenceOf(line.rSquared, count) : 'low',
    r_squared: roundTo(line?.rSquared ?? 0, 3),
  };
};

const directionOf = (rate: number): TrendDirection => {
  if (rate >= 3) return 'sustained_increase';
  if (rate >= 0.5) return 'rising';
  if (rate <= -3) return 'sustained_decrease';
  return rate <= -0.5 ? 'falling' : 'stable';
};

/** A rate as people read it: +1.2%/day. */
export const rateText = (rate: number): string => {
  const text = rate.toFixed(1);
  return `${Number(text) < 0 ? '' : '+'}${Number(text) === 0 ? '0.0' : text}%/day`;
};

/** A good fit of a dozen points is worth more than one of four. */
const confidenceOf = (rSquared: number, count: number): TrendConfidence => {
  const fit = fitConfidence(rSquared);
  return fit === 'high' && count < 12 ? 'medium' : fit;
};

const hoursTo = (threshold: number | undefined, latest: number, slope: number): number | null =>
  threshold === undefined || slope <= 0 || latest >= threshold ? null : roundTo((threshold - latest) / slope, 1);

/**
 * The series as it would be had its level never jumped: every stretch at that of the last one. null where so much is cut that
 * what is left says nothing.
 */
const levelled = (stretches: readonly (readonly Point[])[]): readonly Point[] | null => {
  const [last] = stretches.slice(-1);
  if (!last || stretches.length === 1) return last ?? null;
  const level = weightedMean(last);
  const points = stretches.flatMap((stretch) => {
    const jump = level - weightedMean(stretch);
    return stretch.map((point) => ({ ...point, value: point.value + jump }));
  });
  return points.length < 2 * stretches.length ? null : points;
};

/**
 * How steady a series is, 0-100, from its coefficient of variation. A mean below 10 counts as 10: a node that idles between
 * 0.5 and 3 % is not restless.
 */
const stabilityOf = (points: readonly Point[]): number => {
  const cv = weightedDeviation(points) / Math.max(10, Math.abs(weightedMean(points)));
  if (cv <= 0.1) return Math.max(90, 100 - Math.floor(100 * cv));
  if (cv <= 0.2) return Math.max(70, 90 - Math.floor(200 * (cv - 0.1)));
  if (cv <= 0.35) return Math.max(40, 70 - Math.floor(200 * (cv - 0.2)));
  return Math.max(5, 40 - Math.floor(100 * (cv - 0.35)));
};
