import { type Penalty, pct } from './penalty.ts';

/** The CPU has waited for disks for a week. */
export const iowaitSustained: Penalty = {
  name: 'iowait_sustained',
  summary: 'The CPU has waited for disks for a week',
  resource: 'iowait',
  category: 'iowait',
  value: ({ node }) => node.metrics.avg_iowait_week,
  tiers: ({ config: c }) =>
    c.weight_7d === 0
      ? []
      : [
          [10, c.iowait_sustained_elevated, 'iowait_sustained_elevated'],
          [15, c.iowait_sustained_high, 'iowait_sustained_high'],
          [20, c.iowait_sustained_critical, 'iowait_sustained_critical'],
        ],
  explain: ({ node }) => `I/O wait averaged ${pct(node.metrics.avg_iowait_week)} over the week`,
};
