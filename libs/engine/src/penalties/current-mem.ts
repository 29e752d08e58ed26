import { type Penalty, pct } from './penalty.ts';

/** Memory in use now is above the threshold. */
export const currentMem: Penalty = {
  name: 'current_mem',
  summary: 'Memory in use now is above the threshold',
  resource: 'memory',
  category: 'memory',
  value: ({ node }) => node.metrics.current_mem,
  tiers: ({ limits: { mem_threshold: limit }, config: c }) => [
    [limit, c.mem_high_penalty, 'mem_high_penalty'],
    [limit + c.mem_threshold_offset_1, c.mem_very_high_penalty, 'mem_very_high_penalty'],
    [limit + c.mem_threshold_offset_2, c.mem_extreme_penalty, 'mem_extreme_penalty'],
  ],
  explain: ({ node, limits }) =>
    `Memory now at ${pct(node.metrics.current_mem)}, threshold ${pct(limits.mem_threshold)}`,
};
