import { pct } from '../../penalties/penalty.ts';
import { drivesIo, isBusy, isIoStressed } from '../../state/pressure.ts';
import type { GuestFilter } from '../filter.ts';

/** A node below its thresholds gives nothing away. */
export const sourceHealthy: GuestFilter = {
  name: 'source_healthy',
  summary: 'A node below its thresholds gives nothing away',
  check: ({ guest, source }, problem) => {
    if (source.maintenance || isBusy(source, problem)) return null;
    const { current_cpu, current_mem } = source.node.metrics;
    const when = problem.state.version > 0 && source.node !== source.base ? ' after the recommended moves' : '';
    const load = `${source.name} is at ${pct(current_cpu)} CPU and ${pct(current_mem)} memory${when}`;
    if (!isIoStressed(source, problem))
      return { reason: 'source_memory_healthy', detail: `${load}, below its thresholds` };
    return drivesIo(guest, source)
      ? null
      : { reason: 'source_memory_healthy', detail: `${load}; its I/O wait is not caused by this guest` };
  },
};
