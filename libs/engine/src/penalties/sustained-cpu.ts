import { type Penalty, pct } from './penalty.ts';

/** CPU has been high for a week. */
export const sustainedCpu: Penalty = {
  name: 'sustained_cpu',
  summary: 'CPU has been high for a week',
  resource: 'cpu',
  category: 'cpu',
  value: ({ node }) => node.metrics.avg_cpu_week,
  tiers: ({ config: c }) =>
    c.weight_7d === 0
      ? []
      : [
          [70, c.cpu_sustained_high, 'cpu_sustained_high'],
          [80, c.cpu_sustained_very_high, 'cpu_sustained_very_high'],
          [90, c.cpu_sustained_critical, 'cpu_sustained_critical'],
        ],
  explain: ({ node }) => `CPU averaged ${pct(node.metrics.avg_cpu_week)} over the week`,
};
