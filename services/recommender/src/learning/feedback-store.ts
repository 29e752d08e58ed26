import type { Feedback, FeedbackEntry } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';

/** What people said of recommendations: a list in Redis, newest first, of which the newest 500 are kept. */
export type FeedbackStore = {
  add(feedback: Feedback, at: Date): Promise<void>;
  /** Newest first. */
  all(): Promise<FeedbackEntry[]>;
};

const keptMax = 500;

export function openFeedbackStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): FeedbackStore {
  const key = `${keyPrefix}:feedback`;
  return {
    async add({ vmid, rating, reason, source_node, target_node, score_improvement }, at) {
      const entry: FeedbackEntry = {
        vmid,
        rating,
        reason: reason ?? '',
        source_node: source_node ?? null,
        target_node: target_node ?? null,
        score_improvement: score_improvement ?? null,
        timestamp: at.toISOString(),
      };
      await client.lpush(key, JSON.stringify(entry));
      await client.ltrim(key, 0, keptMax - 1);
    },
    all: async () => (await client.lrange(key, 0, keptMax - 1)).map((text) => JSON.parse(text) as FeedbackEntry),
  };
}
