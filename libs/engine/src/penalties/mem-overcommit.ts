import { rint } from '../numbers.ts';
import type { Penalty } from './penalty.ts';

/** More memory is promised to guests than the node has: from the low to the high penalty between 1.2 and 2 times. */
export const memOvercommit: Penalty = {
  name: 'mem_overcommit',
  summary: 'More memory is promised to guests than the node has',
  resource: 'memory',
  category: 'memory',
  value: ({ committedRatio }) => committedRatio,
  tiers: ({ config: c }) => [
    [1.2, c.mem_overcommit_penalty, 'mem_overcommit_penalty'],
    [2, c.mem_overcommit_high_penalty, 'mem_overcommit_high_penalty'],
  ],
  rising: (ratio, { mem_overcommit_penalty: low, mem_overcommit_high_penalty: high }) =>
    rint(low + Math.min((ratio - 1.2) / 0.8, 1) * (high - low)),
  explain: ({ committedRatio }) => `Guests are promised ${committedRatio.toFixed(2)} times the memory of the node`,
};
