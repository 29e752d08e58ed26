import { type Penalty, pct, tiered } from './penalty.ts';

/** The CPU has waited for disks for a week. */
export const iowaitSustained: Penalty = {
  name: 'iowait_sustained',
  summary: 'The CPU has waited for disks for a week',
  resource: 'iowait',
  category: 'iowait',
  points: ({ node, config: c }) =>
    c.weight_7d === 0
      ? 0
      : tiered(
          node.metrics.avg_iowait_week,
          [10, c.iowait_sustained_elevated],
          [15, c.iowait_sustained_high],
          [20, c.iowait_sustained_critical],
        ),
  explain: ({ node }) => `I/O wait averaged ${pct(node.metrics.avg_iowait_week)} over the week`,
};
