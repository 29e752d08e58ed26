import { type Generation, RecommendationsGenerated, RefusedError } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';

/** The last generation. */
export type RecommendationsModel = {
  /** Throws `no-recommendations` before the first. */
  get(): Generation;
  /** A generation that was asked for here is there at once. */
  put(generation: Generation): void;
};

export function followRecommendations(bus: Bus): RecommendationsModel {
  let latest: Generation | null = null;
  const put = (generation: Generation) => {
    if (!latest || generation.generated_at >= latest.generated_at) latest = generation;
  };
  bus.observe(RecommendationsGenerated, ({ data }) => put(data));
  return {
    get() {
      if (!latest) throw new RefusedError('no-recommendations', 'no recommendations yet');
      return latest;
    },
    put,
  };
}
