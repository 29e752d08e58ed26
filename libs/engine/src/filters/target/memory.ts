import type { Change, Guest } from '@proxbalance/contracts';
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
    const room = roomOf(target);
    const wanted = room + memoryMissing(placed, target);
    return `Memory would not fit: ${wanted.toFixed(1)} of ${room.toFixed(1)} GiB`;
  },
  change: (placed, target) => (memoryClaim(placed.guest) > roomOf(target) ? tooSmall(target) : freed(placed, target)),
};

/** GiB that would have to be free beside what is; 0 or less: it fits. A guest that does not run needs none. */
export const memoryMissing = ({ guest }: Pick<Placed, 'guest'>, target: NodeState): number => {
  const claim = memoryClaim(guest);
  return claim === 0 ? 0 : target.usedGb + target.reservedGb + claim - roomOf(target);
};

/** GiB a guest takes on the node it goes to: its maximum, or what it uses, which Proxmox VE 9 may say is more. */
export const memoryClaim = ({ status, mem_max_gb, mem_used_gb }: Guest): number =>
  status === 'running' ? Math.max(mem_max_gb, mem_used_gb) : 0;

/** GiB that may be in use or promised. */
const roomOf = ({ base }: NodeState): number => FILL_LIMIT * base.total_mem_gb;

const freed = (placed: Placed, target: NodeState): Change => {
  const amount = upToTenth(memoryMissing(placed, target));
  const text = `${amount.toFixed(1)} GiB more free on ${target.name}`;
  return { kind: 'free-memory', node: target.name, amount, unit: 'GiB', text };
};

const tooSmall = ({ name }: NodeState): Change => ({ kind: 'none', node: name, text: `nothing: ${name} is too small` });
