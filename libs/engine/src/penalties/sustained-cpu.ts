import { type Penalty, pct, tiered } from './penalty.ts';

/** CPU has been high for a week. */
export const sustainedCpu: Penalty = {
  name: 'sustained_cpu',
  summary: 'CPU has been high for a week',
  resource: 'cpu',
  category: 'cpu',
  points: ({ node, config: c }) =>
    c.weight_7d === 0
      ? 0
      : tiered(
          node.metrics.avg_cpu_week,
          [70, c.cpu_sustained_high],
          [80, c.cpu_sustained_very_high],
          [90, c.cpu_sustained_critical],
        ),
  explain: ({ node }) => `CPU averaged ${pct(node.metrics.avg_cpu_week)} over the week`,
};
