import type { SeriesQuality } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';

/** One stored row of a series. */
type Sample = {
  /** Unix seconds; the middle of an aggregate */
  at: number;
  /** How many samples an aggregate was made of; 1 without it */
  sample_count?: number | undefined;
  /** From when to when it speaks, unix seconds; one moment without it */
  span?: Span | undefined;
};

/** A stretch of time, unix seconds. */
export type Span = readonly [from: number, to: number];

/** One stored row of a node, percent; what was not measured is null. */
export type NodeSample = Sample & { cpu: number | null; memory: number | null; iowait: number | null };

/** One stored row of a guest, percent of its own vCPUs and memory; an aggregate may not know its node. */
export type GuestSample = Sample & { node: string | null; cpu: number | null; memory: number | null };

/** One row of the score history: how loaded each node was, percent. */
export type ScoreRow = {
  /** Unix seconds */
  at: number;
  /** From when to when it speaks, where it is made of several generations */
  span?: Span | undefined;
  nodes: Readonly<Record<string, { cpu: number | null; mem: number | null }>>;
};

/** A value at a time, how much it counts, and the stretch of time that it is the mean of. */
export type Point = { at: number; value: number; weight: number; span?: Span | undefined };

const HOUR = 3600;

/** Rows of the last hours before now, oldest first. */
export const within = <T extends { at: number }>(rows: readonly T[], now: number, hours: number): T[] =>
  rows.filter((row) => row.at >= now - hours * HOUR && row.at <= now).sort((a, b) => a.at - b.at);

/** The values of one metric; rows without it are left out. */
export const pointsOf = <T extends Sample>(rows: readonly T[], read: (row: T) => number | null | undefined): Point[] =>
  rows.flatMap((row) => {
    const value = read(row);
    if (value === null || value === undefined || !Number.isFinite(value)) return [];
    return [{ at: row.at, value, weight: Math.max(1, row.sample_count ?? 1), span: row.span }];
  });

/** How much history rows are, given oldest first. */
export const qualityOf = (rows: readonly Sample[], now: number): SeriesQuality => {
  const oldest = rows[0]?.at ?? now;
  const newest = rows.at(-1)?.at ?? now;
  return {
    total_samples: rows.length,
    oldest_sample_age_hours: roundTo((now - oldest) / HOUR, 1),
    coverage_days: roundTo((newest - oldest) / (24 * HOUR), 1),
    recent_sample_count: rows.filter((row) => row.at > now - 48 * HOUR).length,
  };
};

/** Means by group, with how many values each was made of. */
export type Means = ReadonlyMap<number, { mean: number; count: number }>;

/** Values of points in groups, each with the mean of its own, weighted. */
export const groupMeans = (points: readonly Point[], keyOf: (point: Point) => number): Means => {
  const groups = Map.groupBy(points, keyOf);
  return new Map([...groups].map(([key, own]) => [key, { mean: weightedMean(own), count: own.length }]));
};

/** Mean of points, each as much as it counts; 0 of none. */
export const weightedMean = (points: readonly Point[]): number => {
  let sum = 0;
  let weights = 0;
  for (const { value, weight } of points) {
    sum += value * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
};

/** Sample standard deviation of points, each as much as it counts; 0 of fewer than two. */
export const weightedDeviation = (points: readonly Point[]): number => {
  const middle = weightedMean(points);
  let squares = 0;
  let weights = 0;
  let weightSquares = 0;
  for (const { value, weight } of points) {
    squares += weight * (value - middle) ** 2;
    weights += weight;
    weightSquares += weight ** 2;
  }
  // With equal weights the divisor is n − 1.
  const divisor = weights - weightSquares / Math.max(weights, 1e-9);
  return divisor > 1e-9 ? Math.sqrt(squares / divisor) : 0;
};
