import { type Penalty, pct } from './penalty.ts';

/** The CPU waits for disks now. */
export const iowaitCurrent: Penalty = {
  name: 'iowait_current',
  summary: 'The CPU waits for disks now',
  resource: 'iowait',
  category: 'iowait',
  value: ({ node }) => node.metrics.current_iowait,
  tiers: ({ config: c }) => [
    [10, c.iowait_high_penalty, 'iowait_high_penalty'],
    [20, c.iowait_very_high_penalty, 'iowait_very_high_penalty'],
    [30, c.iowait_extreme_penalty, 'iowait_extreme_penalty'],
  ],
  explain: ({ node }) => `I/O wait now at ${pct(node.metrics.current_iowait)}`,
};
