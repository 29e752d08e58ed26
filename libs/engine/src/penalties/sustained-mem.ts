import { type Penalty, pct } from './penalty.ts';

/** Memory has been high for a week. */
export const sustainedMem: Penalty = {
  name: 'sustained_mem',
  summary: 'Memory has been high for a week',
  resource: 'memory',
  category: 'memory',
  value: ({ node }) => node.metrics.avg_mem_week,
  tiers: ({ config: c }) =>
    c.weight_7d === 0
      ? []
      : [
          [80, c.mem_sustained_high, 'mem_sustained_high'],
          [90, c.mem_sustained_very_high, 'mem_sustained_very_high'],
          [95, c.mem_sustained_critical, 'mem_sustained_critical'],
        ],
  explain: ({ node }) => `Memory averaged ${pct(node.metrics.avg_mem_week)} over the week`,
};
