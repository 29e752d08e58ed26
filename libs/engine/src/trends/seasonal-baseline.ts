import { mean, roundTo } from '../numbers.ts';
import { localClock } from './local-time.ts';
import { pointsOf, type ScoreRow } from './series.ts';

export type SeasonalInput = {
  node: string;
  history: readonly ScoreRow[];
  /** Unix seconds: the hour of the day that is compared */
  now: number;
  timeZone?: string | undefined;
};

/** What is usual at an hour of the day, percent of CPU. */
export type SeasonalBaseline = { avg: number; std: number; count: number };

const LEAST_ROWS = 5;

/** The CPU a node usually has at this hour of the day; null with fewer than five rows of the same hour. */
export const seasonalBaseline = ({ node, history, now, timeZone }: SeasonalInput): SeasonalBaseline | null => {
  const clock = localClock(timeZone);
  const { hour } = clock(now);
  const same = pointsOf(history, (row) => row.nodes[node]?.cpu).filter((point) => clock(point.at).hour === hour);
  if (same.length < LEAST_ROWS) return null;
  const avg = mean(same.map((point) => point.value));
  const std = Math.sqrt(mean(same.map((point) => (point.value - avg) ** 2)));
  return { avg: roundTo(avg, 1), std: roundTo(std, 1), count: same.length };
};
