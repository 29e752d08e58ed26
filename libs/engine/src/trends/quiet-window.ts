import type { WorkloadPattern } from '@proxbalance/contracts';
import { mean, roundTo } from '../numbers.ts';
import type { Means } from './series.ts';

type QuietWindow = NonNullable<WorkloadPattern['quiet_window']>;

/** The four hours in a row, over midnight if need be, with the least load; fewer where so many in a row were never seen. */
export const quietWindow = (hours: Means): QuietWindow | null => {
  for (const length of [4, 3, 2, 1]) {
    const windows = [...hours.keys()].flatMap((start) => windowFrom(start, length, hours) ?? []);
    const [best] = windows.sort((a, b) => a.load - b.load || a.start - b.start);
    if (best) return { start_hour: best.start, end_hour: (best.start + length) % 24, avg_cpu: roundTo(best.load, 1) };
  }
  return null;
};

/** When to move guests, in words. */
export const timingText = ({ start_hour, end_hour }: QuietWindow, timeZone: string): string =>
  `${clockText(start_hour)}-${clockText(end_hour)} ${timeZone} is quietest`;

const windowFrom = (start: number, length: number, hours: Means): { start: number; load: number } | null => {
  const loads = Array.from({ length }, (_, i) => hours.get((start + i) % 24)?.mean);
  const known = loads.filter((load) => load !== undefined);
  return known.length === length ? { start, load: mean(known) } : null;
};

const clockText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
