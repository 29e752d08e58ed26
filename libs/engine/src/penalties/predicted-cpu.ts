import { type Penalty, pct, tiered } from './penalty.ts';

/** CPU would be above the threshold. */
export const predictedCpu: Penalty = {
  name: 'predicted_cpu',
  summary: 'CPU would be above the threshold',
  resource: 'cpu',
  category: 'cpu',
  points: ({ predicted, limits: { cpu_threshold: limit }, config: c }) =>
    tiered(
      predicted.cpu,
      [limit, c.predicted_cpu_over_penalty],
      [limit + c.cpu_threshold_offset_1, c.predicted_cpu_high_penalty],
      [limit + c.cpu_threshold_offset_2, c.predicted_cpu_extreme_penalty],
    ),
  explain: ({ predicted, limits }) => `CPU would be at ${pct(predicted.cpu)}, threshold ${pct(limits.cpu_threshold)}`,
};
