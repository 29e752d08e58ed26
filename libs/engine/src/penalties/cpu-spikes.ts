import { type Penalty, pct, peak, tiered } from './penalty.ts';

/** CPU peaked within the week. */
export const cpuSpikes: Penalty = {
  name: 'cpu_spikes',
  summary: 'CPU peaked within the week',
  resource: 'cpu',
  category: 'spikes',
  points: ({ node, config: c }) =>
    c.weight_7d === 0
      ? 0
      : tiered(
          peak(node.metrics.max_cpu_week, node.metrics.max_cpu),
          [70, c.cpu_spike_moderate],
          [80, c.cpu_spike_high],
          [90, c.cpu_spike_very_high],
          [95, c.cpu_spike_extreme],
        ),
  explain: ({ node }) => `CPU peaked at ${pct(peak(node.metrics.max_cpu_week, node.metrics.max_cpu))} within the week`,
};
