import { trendTiers, trustedRate } from '../trend.ts';
import type { Penalty } from './penalty.ts';

/** Memory rises from day to day. */
export const memTrend: Penalty = {
  name: 'mem_trend',
  summary: 'Memory rises from day to day',
  resource: 'memory',
  category: 'trends',
  value: ({ trend }) => trustedRate(trend?.memory),
  tiers: ({ config }) => trendTiers('mem_trend_rising_penalty', config),
  explain: ({ trend }) => `Memory rises by ${(trend?.memory.rate_per_day ?? 0).toFixed(1)} points a day`,
};
