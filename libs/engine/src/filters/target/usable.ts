import type { TargetFilter } from '../filter.ts';

/** A target is online, known, not in maintenance and not given up by HA. */
export const usable: TargetFilter = {
  name: 'usable',
  summary: 'A target is online, known, not in maintenance and not given up by HA',
  admits: ({ source }, target) => target !== source && target.unusable === null,
  why: ({ source }, target) => (target === source ? 'It is there already' : `${target.unusable}`),
};
