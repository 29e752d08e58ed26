import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadWorkloadPatterns, WorkloadPattern } from '@proxbalance/contracts';
import { workloadPattern } from '@proxbalance/engine';
import type { z } from 'zod';
import type { HistoryStore } from '../learning/history-store.ts';
import { openQuarterHours } from '../learning/quarter-hours.ts';

type Request = z.output<(typeof ReadWorkloadPatterns)['request']>;
type Answer = z.input<(typeof ReadWorkloadPatterns)['reply']>;
type Deps = { history: HistoryStore; now: () => Date; timeZone: () => string };

export const readWorkloadPatterns =
  ({ history, now, timeZone: usual }: Deps) =>
  async ({ hours, node, time_zone: timeZone = usual() }: Request): Promise<Answer> => {
    const at = now().getTime();
    const quarters = openQuarterHours(at, hours, node);
    let entries = 0;
    for await (const { records } of history.read(at - hours * 3_600_000, at)) {
      records.forEach(quarters.add);
      entries += records.length;
    }
    const patterns: WorkloadPattern[] = [];
    for (const name of quarters.names()) {
      patterns.push(workloadPattern({ node: name, history: quarters.rows(name), timeZone }));
      await nextTurn();
    }
    return { patterns, history_entries: entries };
  };
