import { AutomationRun } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';

/** Past runs, of which the newest 500 are kept; `all` gives the newest first. */
export type RunHistory = { add(run: AutomationRun): Promise<void>; all(): Promise<AutomationRun[]> };

const keptMax = 500;

export function openHistory(redis: RedisLink, keyPrefix: string): RunHistory {
  const key = `${keyPrefix}:runs`;
  return {
    async add(run) {
      await redis.client.xadd(key, 'MAXLEN', '~', keptMax, '*', 'run', JSON.stringify(run));
    },
    async all() {
      const rows = await redis.client.xrevrange(key, '+', '-', 'COUNT', keptMax);
      return rows.map(([, fields]) => AutomationRun.parse(JSON.parse(fields[1] ?? '')));
    },
  };
}
