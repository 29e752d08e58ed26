import { type Penalty, pct, peak } from './penalty.ts';

/** CPU peaked within the week. */
export const cpuSpikes: Penalty = {
  name: 'cpu_spikes',
  summary: 'CPU peaked within the week',
  resource: 'cpu',
  category: 'spikes',
  value: ({ node }) => peak(node.metrics.max_cpu_week, node.metrics.max_cpu),
  tiers: ({ config: c }) =>
    c.weight_7d === 0
      ? []
      : [
          [70, c.cpu_spike_moderate, 'cpu_spike_moderate'],
          [80, c.cpu_spike_high, 'cpu_spike_high'],
          [90, c.cpu_spike_very_high, 'cpu_spike_very_high'],
          [95, c.cpu_spike_extreme, 'cpu_spike_extreme'],
        ],
  explain: ({ node }) => `CPU peaked at ${pct(peak(node.metrics.max_cpu_week, node.metrics.max_cpu))} within the week`,
};
