import type { TrendConfidence } from '@proxbalance/contracts';
import { clamp } from '../numbers.ts';
import { type Point, weightedMean } from './series.ts';

/** A straight line through points. */
export type Line = {
  /** Points an hour */
  slope: number;
  /** Share of the variation the line explains; 1 for a flat series */
  rSquared: number;
  /** The line at a time, unix seconds */
  valueAt: (at: number) => number;
  /** Half the width of the 95 % prediction interval of one value at a time */
  bandAt: (at: number) => number;
};

const HOUR = 3600;
/** Sums of squares below this are nothing but rounding. */
const NOTHING = 1e-9;
/** A level for each stretch and a slope leave at least so many values to judge the fit by. */
const LEAST_FREEDOM = 3;

/**
 * Least squares, each point as much as it counts. Breaks, unix seconds, are moments when the level jumped for a reason that is
 * no trend (a guest came or went): the slope is then the common one of the stretches between them, and the line goes through
 * the last stretch; a mean of values from before and after a jump says nothing of either. Points are given oldest first; null
 * when they leave no slope to find, or too little between the jumps.
 */
export const fitLine = (all: readonly Point[], breaks: readonly number[] = []): Line | null => {
  const stretches = breaks.length === 0 ? [all] : stretchesOf(all, breaks);
  const points = breaks.length === 0 ? all : stretches.flat();
  const scale = points.length / points.reduce((sum, one) => sum + one.weight, 0);
  const sums = { xx: 0, xy: 0, yy: 0 };
  let middle = { at: 0, value: 0 };
  for (const stretch of stretches) {
    middle = { at: meanTime(stretch), value: weightedMean(stretch) };
    for (const { at, value, weight } of stretch) {
      const x = (at - middle.at) / HOUR;
      const y = value - middle.value;
      sums.xx += scale * weight * x * x;
      sums.xy += scale * weight * x * y;
      sums.yy += scale * weight * y * y;
    }
  }
  const freedom = points.length - stretches.length - 1;
  if (sums.xx < NOTHING || (stretches.length > 1 && freedom < LEAST_FREEDOM)) return null;
  // The level is known from the last stretch alone, however much the others say of the slope.
  return lineOf(sums, middle, { count: stretches.at(-1)?.length ?? 0, freedom });
};

/** Points, oldest first, cut at every break; those made of values from both sides of one are left out. */
export const stretchesOf = (points: readonly Point[], breaks: readonly number[]): Point[][] => {
  const ahead = breaks.toSorted((a, b) => b - a);
  const stretches: Point[][] = [];
  let current: Point[] | null = null;
  for (const point of points) {
    const [from, to] = point.span ?? [point.at, point.at];
    let isMixed = false;
    for (let next = ahead.at(-1); next !== undefined && next <= point.at; next = ahead.at(-1)) {
      ahead.pop();
      current = null;
      isMixed ||= next > from;
    }
    if (isMixed || (ahead.at(-1) ?? Number.POSITIVE_INFINITY) <= to) continue;
    if (!current) {
      current = [];
      stretches.push(current);
    }
    current.push(point);
  }
  return stretches;
};

type Sums = { xx: number; xy: number; yy: number };

const lineOf = (
  { xx, xy, yy }: Sums,
  middle: { at: number; value: number },
  n: { count: number; freedom: number },
): Line => {
  const slope = xy / xx;
  const unexplained = Math.max(0, yy - slope * xy);
  const deviation = n.freedom > 0 ? Math.sqrt(unexplained / n.freedom) : 0;
  const hoursFrom = (at: number) => (at - middle.at) / HOUR;
  return {
    slope,
    rSquared: yy < NOTHING ? 1 : clamp(1 - unexplained / yy, 0, 1),
    valueAt: (at) => middle.value + slope * hoursFrom(at),
    bandAt: (at) => studentT(n.freedom) * deviation * Math.sqrt(1 + 1 / n.count + hoursFrom(at) ** 2 / xx),
  };
};

/** How well a line describes a series: R² from 0.7 high, from 0.4 medium. */
export const fitConfidence = (rSquared: number): TrendConfidence => {
  if (rSquared >= 0.7) return 'high';
  return rSquared >= 0.4 ? 'medium' : 'low';
};

const meanTime = (points: readonly Point[]): number =>
  weightedMean(points.map(({ at, weight }) => ({ at, value: at, weight })));

/** The 97.5 % quantile of Student's t; beyond four degrees of freedom its expansion around the normal one. */
const studentT = (freedom: number): number => {
  const z = 1.959_964;
  const exact = [12.706, 4.303, 3.182, 2.776][freedom - 1];
  return exact ?? z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
};
