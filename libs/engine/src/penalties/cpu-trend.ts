import { trendTiers, trustedRate } from '../trend.ts';
import type { Penalty } from './penalty.ts';

/** CPU rises from day to day. */
export const cpuTrend: Penalty = {
  name: 'cpu_trend',
  summary: 'CPU rises from day to day',
  resource: 'cpu',
  category: 'trends',
  value: ({ trend }) => trustedRate(trend?.cpu),
  tiers: ({ config }) => trendTiers('cpu_trend_rising_penalty', config),
  explain: ({ trend }) => `CPU rises by ${(trend?.cpu.rate_per_day ?? 0).toFixed(1)} points a day`,
};
