import type { GuestTrend, MetricTrend } from '@proxbalance/contracts';
import { localClock } from './local-time.ts';
import { metricTrend } from './metric-trend.ts';
import { peakHours } from './peak-hours.ts';
import { type GuestSample, pointsOf, qualityOf, weightedMean, within } from './series.ts';

export type GuestTrendInput = {
  vmid: number;
  /** Stored rows in any order */
  samples: readonly GuestSample[];
  /** Unix seconds */
  now: number;
  /** Hours before now that are looked at; 168 without it */
  lookbackHours?: number | undefined;
  /** IANA name of the zone of the peak hours; UTC without it */
  timeZone?: string | undefined;
};

/** Where a guest is heading, when it is busy and where it has been. */
export const analyzeGuest = ({ vmid, samples, now, lookbackHours = 168, timeZone }: GuestTrendInput): GuestTrend => {
  const rows = within(samples, now, lookbackHours);
  const points = pointsOf(rows, (row) => row.cpu);
  const cpu = metricTrend(points);
  return {
    vmid,
    lookback_hours: lookbackHours,
    data_quality: qualityOf(rows, now),
    cpu,
    memory: metricTrend(pointsOf(rows, (row) => row.memory)),
    behavior: behaviorOf(cpu, weightedMean(points)),
    peak_hours: peakHours(points, localClock(timeZone)),
    migration_history: movesOf(rows),
  };
};

const behaviorOf = (cpu: MetricTrend, average: number): GuestTrend['behavior'] => {
  if (cpu.stability_label === 'unknown') return 'unknown';
  // A line through a restless series always has some slope; only one that fits is growth.
  if (cpu.rate_per_day > 1 && cpu.confidence !== 'low') return 'growing';
  if (cpu.stability_score < 40 && average >= 5) return 'bursty';
  return cpu.stability_score >= 75 ? 'steady' : 'variable';
};

/** Changes of node between one sample and the next; rows that do not know their node are passed over. */
const movesOf = (rows: readonly GuestSample[]): GuestTrend['migration_history'] => {
  const moves: GuestTrend['migration_history'] = [];
  let last: string | null = null;
  for (const { at, node } of rows) {
    if (node === null) continue;
    if (last !== null && node !== last)
      moves.push({ at: new Date(at * 1000).toISOString(), source_node: last, target_node: node });
    last = node;
  }
  return moves;
};
