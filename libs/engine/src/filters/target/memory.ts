import type { TargetFilter } from '../filter.ts';

/** Share of a node's memory that may be in use or promised to arriving guests. */
const FILL_LIMIT = 0.95;

/** The memory a guest may claim fits: used + reserved + its maximum ≤ 95 % of the node. */
export const memory: TargetFilter = {
  name: 'memory',
  summary: 'The memory a guest may claim fits: used + reserved + its maximum ≤ 95 % of the node',
  check: ({ guest }, target) => {
    if (guest.status !== 'running' || guest.mem_max_gb === 0) return null;
    const wanted = target.usedGb + target.reservedGb + guest.mem_max_gb;
    const room = FILL_LIMIT * target.base.total_mem_gb;
    return wanted > room ? `Memory would not fit: ${wanted.toFixed(1)} of ${room.toFixed(1)} GiB` : null;
  },
};
