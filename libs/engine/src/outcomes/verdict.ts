import type { LoadShift, OutcomeVerdict } from '@proxbalance/contracts';
import { type Look, resources } from './look.ts';
import { partOf } from './shift.ts';

/** Smaller changes than this many percentage points are no change. */
const CLEAR = 3;

export type EndVerdicts = { source: OutcomeVerdict; target: OutcomeVerdict; both: OutcomeVerdict };

/** What a move did to both ends, from what was left of it in the end. Unknown is inconclusive, except where harm is known. */
export function endVerdicts(before: Look | null, initial: LoadShift | null, sustained: LoadShift | null): EndVerdicts {
  const source = sourceVerdict(initial, sustained);
  const target = before ? targetVerdict(before, sustained) : 'inconclusive';
  return { source, target, both: worseOf(source, target) };
}

/** Relieved when CPU or memory is clearly lower for good, or was at first and is not higher since. */
function sourceVerdict(initial: LoadShift | null, sustained: LoadShift | null): OutcomeVerdict {
  const last = reliefs(sustained);
  if (!last) return 'inconclusive';
  if (Math.min(...last) < -CLEAR) return 'harmful';
  if (Math.max(...last) > CLEAR) return 'beneficial';
  if (Math.min(...last) < 0) return 'neutral';
  const first = reliefs(initial);
  if (!first) return 'inconclusive';
  return Math.max(...first) > CLEAR ? 'beneficial' : 'neutral';
}

/**
 * Harmed when it ends clearly above the hotter of both nodes before: the peak was not lowered, it was carried over. That it
 * carries the guest's load is no harm.
 */
function targetVerdict(before: Look, sustained: LoadShift | null): OutcomeVerdict {
  const excess = resources.map((resource) => {
    const [source, target] = [before.source[resource], before.target[resource]];
    const gained = sustained && partOf(sustained, 'target', resource);
    return source === null || target === null || gained === null ? null : target - gained - Math.max(source, target);
  });
  if (excess.some((points) => points !== null && points > CLEAR)) return 'harmful';
  return excess.includes(null) ? 'inconclusive' : 'neutral';
}

const worseOf = (source: OutcomeVerdict, target: OutcomeVerdict): OutcomeVerdict => {
  const both = [source, target];
  if (both.includes('harmful')) return 'harmful';
  return both.includes('inconclusive') ? 'inconclusive' : source;
};

/** CPU and memory of the source; null when one of them is unknown. */
const reliefs = (shift: LoadShift | null): number[] | null => {
  if (shift?.source_cpu_delta == null || shift.source_mem_delta === null) return null;
  return [shift.source_cpu_delta, shift.source_mem_delta];
};
