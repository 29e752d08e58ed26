import { AutomationRun } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';

/** Runs in the order they ended, the newest 500. */
export type RunHistory = { add(run: AutomationRun): Promise<void>; newest(count: number): Promise<AutomationRun[]> };

const keptMax = 500;

export function openHistory(redis: RedisLink, keyPrefix: string): RunHistory {
  const key = `${keyPrefix}:runs`;
  return {
    async add(run) {
      await redis.client.xadd(key, 'MAXLEN', '~', keptMax, '*', 'run', JSON.stringify(run));
    },
    async newest(count) {
      const rows = await redis.client.xrevrange(key, '+', '-', 'COUNT', count);
      return rows.map(([, fields]) => AutomationRun.parse(JSON.parse(fields[1] ?? '')));
    },
  };
}
