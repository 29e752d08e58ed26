import { isIoStressed } from '../../state/pressure.ts';
import type { GuestFilter } from '../filter.ts';

/** A node that is as busy as it always is at this hour gives nothing away, except in maintenance. */
export const seasonal: GuestFilter = {
  name: 'seasonal_baseline',
  summary: 'A node that is as busy as it always is at this hour gives nothing away, except in maintenance',
  check: ({ source }, problem) => {
    const detail = problem.seasonal.get(source.name);
    if (detail === undefined || source.maintenance || isIoStressed(source, problem)) return null;
    return { reason: 'seasonal_baseline', detail };
  },
};
