import { type Penalty, pct, peak } from './penalty.ts';

/** Memory peaked within the week. */
export const memSpikes: Penalty = {
  name: 'mem_spikes',
  summary: 'Memory peaked within the week',
  resource: 'memory',
  category: 'spikes',
  value: ({ node }) => peak(node.metrics.max_mem_week, node.metrics.max_mem),
  tiers: ({ config: c }) =>
    c.weight_7d === 0
      ? []
      : [
          [85, c.mem_spike_moderate, 'mem_spike_moderate'],
          [90, c.mem_spike_high, 'mem_spike_high'],
          [95, c.mem_spike_very_high, 'mem_spike_very_high'],
          [98, c.mem_spike_extreme, 'mem_spike_extreme'],
        ],
  explain: ({ node }) =>
    `Memory peaked at ${pct(peak(node.metrics.max_mem_week, node.metrics.max_mem))} within the week`,
};
