import { type Generation, RecommendationsGenerated } from '@proxbalance/contracts';
import type { PastGeneration } from '@proxbalance/engine';
import type { Bus } from '@proxbalance/service-kit';
import { type GenerationHead, headOf, type Judged } from './judged.ts';
import type { Facts, Standing } from './materiality.ts';

/** The generation that was told last, here or by another replica. */
export type LastGeneration = {
  /** Tells a generation that was made here. Returns when it is stored. */
  tell(judged: Judged, facts: Facts, id: string): Promise<void>;
  /** It, when it was made here from the very same; what another replica made it from is not known well enough. */
  madeFrom(snapshotId: string, facts: Facts): Judged | null;
  generation(): Pick<Judged, 'whole'> | null;
  standing(): Standing | null;
  forComparison(): PastGeneration | null;
};

/** `own`: it, where it was made here. */
type Told = Pick<Judged, 'head' | 'whole'> & { facts: () => Facts; own: Judged | null };

/** How long other generations are taken for older ones while our own is not heard of, milliseconds. */
const ownEventMaxMs = 5000;

/** `guess`: what a generation that was not made here was probably made from. */
export function openLast(
  bus: Pick<Bus, 'observe' | 'publish'>,
  guess: (head: GenerationHead) => () => Facts,
): LastGeneration {
  let last: Told | null = null;
  let awaited: { id: string; at: number } | null = null;
  const isOthers = ({ id }: { id: string }): boolean => {
    if (awaited && performance.now() - awaited.at < ownEventMaxMs) {
      // The stream's order is the order that counts: what comes before our own is older than it.
      if (id === awaited.id) awaited = null;
      return false;
    }
    awaited = null;
    return true;
  };
  const onOthers = ({ data }: { data: Generation }) => {
    const head = headOf(data);
    last = { head, whole: async () => data, facts: guess(head), own: null };
  };
  bus.observe(RecommendationsGenerated, onOthers, isOthers);
  return {
    async tell(judged, facts, id) {
      awaited = { id, at: performance.now() };
      try {
        await bus.publish(RecommendationsGenerated, judged.packed, { id });
      } catch (error) {
        awaited = null;
        throw error;
      }
      last = { head: judged.head, whole: judged.whole, facts: () => facts, own: judged };
    },
    madeFrom(snapshotId, facts) {
      if (!last?.own || last.head.snapshot_id !== snapshotId) return null;
      return JSON.stringify(last.facts()) === JSON.stringify(facts) ? last.own : null;
    },
    generation: () => last,
    standing: () =>
      last && {
        facts: last.facts(),
        generatedAt: Date.parse(last.head.generated_at),
        generationSeconds: last.head.generation_time_ms / 1000,
        lacksPast: lacksPast(last.head),
      },
    forComparison: () => last && { generated_at: last.head.generated_at, recommendations: last.head.moves },
  };
}

/** Soon after a start nothing may have been stored yet: then there are no trends, though nobody failed to answer. */
const lacksPast = ({ judged_with: past }: GenerationHead): boolean =>
  past !== undefined && (past.missing.length > 0 || past.node_trends === 0);
