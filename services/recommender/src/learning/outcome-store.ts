import { MigrationOutcome, outcomesMax } from '@proxbalance/contracts';
import type { JudgedMove } from '@proxbalance/engine';
import type { RedisLink } from '@proxbalance/service-kit';

/** Past moves that were judged, as far as they speak for the next: in the order they ended, the newest 500. */
export type OutcomeStore = {
  /** Adding one again changes nothing. One that is still open is not kept. */
  add(outcome: MigrationOutcome): Promise<void>;
  /** Newest first. */
  all(): Promise<JudgedMove[]>;
};

const Kept = MigrationOutcome.pick({
  migration_id: true,
  vmid: true,
  source_node: true,
  target_node: true,
  verdict: true,
  accuracy_pct: true,
  actual_improvement: true,
  sustained_improvement: true,
});

export function openOutcomeStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): OutcomeStore {
  const key = `${keyPrefix}:outcomes`;
  return {
    async add(outcome) {
      if (outcome.status !== 'completed') return;
      await client.zadd(key, Date.parse(outcome.completed_at), JSON.stringify(Kept.parse(outcome)));
      await client.zremrangebyrank(key, 0, -1 - outcomesMax);
    },
    all: async () => (await client.zrevrange(key, 0, outcomesMax - 1)).map((text) => Kept.parse(JSON.parse(text))),
  };
}
