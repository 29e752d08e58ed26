import type { TargetFilter } from '../filter.ts';

/** A target is online, known, not in maintenance and not given up by HA. */
export const usable: TargetFilter = {
  name: 'usable',
  summary: 'A target is online, known, not in maintenance and not given up by HA',
  admits: ({ source }, target) => target !== source && target.unusable === null,
  why: ({ source }, target) => (target === source ? 'It is there already' : `${target.unusable}`),
  change: (_placed, { name, node, maintenance }) => {
    if (node.status !== 'online') return { kind: 'bring-online', node: name, text: `${name} online` };
    if (maintenance) return { kind: 'end-maintenance', node: name, text: `end the maintenance of ${name}` };
    return { kind: 'wait', node: name, text: `wait until the HA manager calls ${name} online` };
  },
};
