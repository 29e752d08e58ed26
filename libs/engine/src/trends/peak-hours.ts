import { mean } from '../numbers.ts';
import type { LocalClock } from './local-time.ts';

/** So many times the mean of all hours make one a peak. */
const PEAK = 1.3;

/** Hours of the day whose mean is more than 1.3 times the mean of all hours that were seen. */
export const peakHours = (
  points: readonly { at: number; value: number; weight: number }[],
  clock: LocalClock,
): number[] => {
  const sums = Array.from({ length: 24 }, () => ({ value: 0, weight: 0 }));
  for (const { at, value, weight } of points) {
    const own = sums[clock(at).hour];
    if (!own) continue;
    own.value += value * weight;
    own.weight += weight;
  }
  const means = sums.map(({ value, weight }) => (weight > 0 ? value / weight : null));
  const usual = mean(means.filter((one) => one !== null));
  return means.flatMap((own, hour) => (own !== null && own > PEAK * usual ? [hour] : []));
};
