import { upToTenth } from '../../numbers.ts';
import type { NodeState } from '../../state/node-state.ts';
import type { Placed, TargetFilter } from '../filter.ts';

/** Share of a node's memory that may be in use or promised to arriving guests. */
const FILL_LIMIT = 0.95;

/** The memory a guest may claim fits: used + reserved + its maximum ≤ 95 % of the node. */
export const memory: TargetFilter = {
  name: 'memory',
  summary: 'The memory a guest may claim fits: used + reserved + its maximum ≤ 95 % of the node',
  admits: (placed, target) => memoryMissing(placed, target) <= 0,
  why: (placed, target) => {
    const room = FILL_LIMIT * target.base.total_mem_gb;
    const wanted = room + memoryMissing(placed, target);
    return `Memory would not fit: ${wanted.toFixed(1)} of ${room.toFixed(1)} GiB`;
  },
  change: (placed, target) => {
    const amount = upToTenth(memoryMissing(placed, target));
    const text = `${amount.toFixed(1)} GiB more free on ${target.name}`;
    return { kind: 'free-memory', node: target.name, amount, unit: 'GiB', text };
  },
};

/** GiB that would have to be free beside what is; 0 or less: it fits. A guest that does not run needs none. */
export const memoryMissing = ({ guest }: Pick<Placed, 'guest'>, target: NodeState): number =>
  guest.status !== 'running' || guest.mem_max_gb === 0
    ? 0
    : target.usedGb + target.reservedGb + guest.mem_max_gb - FILL_LIMIT * target.base.total_mem_gb;
