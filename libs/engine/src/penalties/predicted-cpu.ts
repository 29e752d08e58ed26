import { type Penalty, pct } from './penalty.ts';

/** CPU would be above the threshold. */
export const predictedCpu: Penalty = {
  name: 'predicted_cpu',
  summary: 'CPU would be above the threshold',
  resource: 'cpu',
  category: 'cpu',
  value: ({ predicted }) => predicted.cpu,
  tiers: ({ limits: { cpu_threshold: limit }, config: c }) => [
    [limit, c.predicted_cpu_over_penalty, 'predicted_cpu_over_penalty'],
    [limit + c.cpu_threshold_offset_1, c.predicted_cpu_high_penalty, 'predicted_cpu_high_penalty'],
    [limit + c.cpu_threshold_offset_2, c.predicted_cpu_extreme_penalty, 'predicted_cpu_extreme_penalty'],
  ],
  explain: ({ predicted, limits }) => `CPU would be at ${pct(predicted.cpu)}, threshold ${pct(limits.cpu_threshold)}`,
};
