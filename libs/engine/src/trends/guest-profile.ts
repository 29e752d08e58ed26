import type { GuestProfile } from '@proxbalance/contracts';
import { mean, roundTo } from '../numbers.ts';
import { localClock } from './local-time.ts';
import { peakHours } from './peak-hours.ts';
import { fitConfidence, fitLine } from './regression.ts';
import type { Point } from './series.ts';

/** What was seen of a guest's CPU around one time, percent of its own vCPUs. */
export type ProfileObservation = {
  /** Unix seconds */
  at: number;
  avg: number | null;
  p95: number | null;
};

const LEAST_OBSERVATIONS = 6;
/** Growth is a matter of days: within less than one, morning and evening are all there is to see. */
const LEAST_GROWTH_HOURS = 24;

/**
 * How a guest uses its CPU: bursty when its peaks are more than twice its mean, growing when it changes by more than 2 points
 * a day, cyclical when it swings, else steady. Growth is read from the times of the observations, whatever their spacing. Peak
 * hours are those of the zone with this IANA name, UTC without it.
 */
export const profileGuest = (observations: readonly ProfileObservation[], timeZone?: string): GuestProfile => {
  const seen = measured(observations);
  const days = daysOf(seen);
  if (seen.length < LEAST_OBSERVATIONS)
    return { ...nothingKnown, data_points: seen.length, history_days: roundTo(days, 1) };
  const average = mean(seen.map((one) => one.value));
  const std = Math.sqrt(mean(seen.map((one) => (one.value - average) ** 2)));
  const cv = average > 0 ? std / average : 0;
  const peak = average > 0 ? roundTo(mean(seen.map((one) => one.p95)) / average, 2) : 1;
  const line = 24 * days < LEAST_GROWTH_HOURS ? null : fitLine(seen);
  const growth = roundTo(24 * (line?.slope ?? 0), 2) || 0;
  return {
    behavior: behaviorOf({ average, std, cv, peak, growth }),
    peak_multiplier: peak,
    growth_rate_per_day: growth,
    growth_confidence: line ? fitConfidence(line.rSquared) : 'low',
    peak_hours: peakHours(seen, localClock(timeZone)),
    avg_cpu: roundTo(average, 2),
    cv: roundTo(cv, 3),
    confidence: seen.length >= 48 ? 'high' : seen.length >= 12 ? 'medium' : 'low',
    data_points: seen.length,
    history_days: roundTo(days, 1),
  };
};

type Seen = Point & { p95: number };

/** Oldest first, as points of a line: made once for each of ten thousand guests, so nothing is made twice. */
const measured = (observations: readonly ProfileObservation[]): Seen[] => {
  const seen: Seen[] = [];
  for (const { at, avg, p95 } of observations)
    if (avg !== null) seen.push({ at, value: avg, weight: 1, p95: p95 ?? avg });
  return seen.sort((a, b) => a.at - b.at);
};

type Facts = { average: number; std: number; cv: number; peak: number; growth: number };

const behaviorOf = ({ average, std, cv, peak, growth }: Facts): GuestProfile['behavior'] => {
  if (peak > 2 && average > 5) return 'bursty';
  if (Math.abs(growth) > 2 && average > 5) return 'growing';
  return cv > 0.3 && std > 10 ? 'cyclical' : 'steady';
};

const daysOf = (seen: readonly Seen[]): number => ((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)) / 86_400;

const nothingKnown: GuestProfile = {
  behavior: 'unknown',
  peak_multiplier: 1,
  growth_rate_per_day: 0,
  growth_confidence: 'low',
  peak_hours: [],
  avg_cpu: null,
  cv: null,
  confidence: 'low',
  data_points: 0,
  history_days: 0,
};
