import { gibLimit, gibUsed } from '../words.ts';
import { nodeLimit } from './node-limit.ts';

/** The RAM that guests may claim on a node is enough for those that stand there and those that arrive. */
export const ram = nodeLimit({
  name: 'ram',
  summary: 'RAM: what guests there and guests arriving may claim fits into the node',
  atEnd: 'final-ram',
  demand: ({ memMib }) => memMib,
  limit: ({ memMib }) => memMib,
  words: (used, limit) => `${gibUsed(used)} of ${gibLimit(limit)} GiB RAM`,
});
