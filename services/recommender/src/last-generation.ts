import { type Generation, RecommendationsGenerated } from '@proxbalance/contracts';
import type { PastGeneration } from '@proxbalance/engine';
import type { Bus } from '@proxbalance/service-kit';
import type { Facts, Standing } from './materiality.ts';

/** The generation that was told last, here or by another replica. */
export type LastGeneration = {
  /** Tells a generation that was made here. Returns when it is stored. */
  tell(generation: Generation, facts: Facts, id: string): Promise<void>;
  /** It, when it was made here from the very same; what another replica made it from is not known well enough. */
  madeFrom(snapshotId: string, facts: Facts): Generation | null;
  generation(): Generation | null;
  standing(): Standing | null;
  forComparison(): PastGeneration | null;
};

/** How long other generations are taken for older ones while our own is not heard of, milliseconds. */
const ownEventMaxMs = 5000;

/** `guess`: what a generation that was not made here was probably made from. */
export function openLast(
  bus: Pick<Bus, 'observe' | 'publish'>,
  guess: (generation: Generation) => () => Facts,
): LastGeneration {
  let last: { generation: Generation; facts: () => Facts; isOwn: boolean } | null = null;
  let awaited: { id: string; at: number } | null = null;
  bus.observe(RecommendationsGenerated, ({ id, data }) => {
    if (awaited && performance.now() - awaited.at < ownEventMaxMs) {
      // The stream's order is the order that counts: what comes before our own is older than it.
      if (id === awaited.id) awaited = null;
      return;
    }
    awaited = null;
    last = { generation: data, facts: guess(data), isOwn: false };
  });
  return {
    async tell(generation, facts, id) {
      awaited = { id, at: performance.now() };
      try {
        await bus.publish(RecommendationsGenerated, generation, { id });
      } catch (error) {
        awaited = null;
        throw error;
      }
      last = { generation, facts: () => facts, isOwn: true };
    },
    madeFrom(snapshotId, facts) {
      if (!last?.isOwn || last.generation.snapshot_id !== snapshotId) return null;
      return JSON.stringify(last.facts()) === JSON.stringify(facts) ? last.generation : null;
    },
    generation: () => last?.generation ?? null,
    standing: () =>
      last && {
        facts: last.facts(),
        generatedAt: Date.parse(last.generation.generated_at),
        generationSeconds: last.generation.generation_time_ms / 1000,
        lacksPast: lacksPast(last.generation),
      },
    forComparison: () =>
      last && {
        generated_at: last.generation.generated_at,
        recommendations: last.generation.recommendations.map(({ vmid, name, source_node, target_node }) => ({
          vmid,
          name,
          source_node,
          target_node,
        })),
      },
  };
}

/** Soon after a start nothing may have been stored yet: then there are no trends, though nobody failed to answer. */
const lacksPast = ({ judged_with: past }: Generation): boolean =>
  past !== undefined && (past.missing.length > 0 || past.node_trends === 0);
