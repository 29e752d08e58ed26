import { type Penalty, pct } from './penalty.ts';

/** CPU in use now is above the threshold. */
export const currentCpu: Penalty = {
  name: 'current_cpu',
  summary: 'CPU in use now is above the threshold',
  resource: 'cpu',
  category: 'cpu',
  value: ({ node }) => node.metrics.current_cpu,
  tiers: ({ limits: { cpu_threshold: limit }, config: c }) => [
    [limit, c.cpu_high_penalty, 'cpu_high_penalty'],
    [limit + c.cpu_threshold_offset_1, c.cpu_very_high_penalty, 'cpu_very_high_penalty'],
    [limit + c.cpu_threshold_offset_2, c.cpu_extreme_penalty, 'cpu_extreme_penalty'],
  ],
  explain: ({ node, limits }) => `CPU now at ${pct(node.metrics.current_cpu)}, threshold ${pct(limits.cpu_threshold)}`,
};
