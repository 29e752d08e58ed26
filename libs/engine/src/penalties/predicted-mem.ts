import { type Penalty, pct } from './penalty.ts';

/** Memory would be above the threshold. */
export const predictedMem: Penalty = {
  name: 'predicted_mem',
  summary: 'Memory would be above the threshold',
  resource: 'memory',
  category: 'memory',
  value: ({ predicted }) => predicted.mem,
  tiers: ({ limits: { mem_threshold: limit }, config: c }) => [
    [limit, c.predicted_mem_over_penalty, 'predicted_mem_over_penalty'],
    [limit + c.mem_threshold_offset_1, c.predicted_mem_high_penalty, 'predicted_mem_high_penalty'],
    [limit + c.mem_threshold_offset_2, c.predicted_mem_extreme_penalty, 'predicted_mem_extreme_penalty'],
  ],
  explain: ({ predicted, limits }) =>
    `Memory would be at ${pct(predicted.mem)}, threshold ${pct(limits.mem_threshold)}`,
};
