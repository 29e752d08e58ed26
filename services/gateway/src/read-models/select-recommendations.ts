import type { Generation, GetRecommendations, Recommendation } from '@proxbalance/contracts';
import type { z } from 'zod';

/** What a caller wants to see of a generation. */
export type Selection = z.output<NonNullable<typeof GetRecommendations.query>>;

/** The generation with the recommendations filtered, then sorted, then paged. The rest of it stays whole. */
export function selectRecommendations(generation: Generation, selection: Selection) {
  const { offset = 0, limit } = selection;
  const filtered = sorted(generation.recommendations.filter(matches(selection)), selection);
  const page = filtered.slice(offset, limit === undefined ? undefined : offset + limit);
  return {
    ...generation,
    recommendations: page,
    total_count: generation.recommendations.length,
    filtered_count: filtered.length,
    count: page.length,
  };
}

const matches =
  ({ min_confidence = 0, target_node, source_node }: Selection) =>
  (it: Recommendation): boolean =>
    it.confidence_score >= min_confidence &&
    (target_node === undefined || it.target_node === target_node) &&
    (source_node === undefined || it.source_node === source_node);

const priorityRank = { critical: 4, high: 3, medium: 2, low: 1 };

/** Without `sort` the order is the engine's. Equal values keep it. */
function sorted(all: Recommendation[], { sort, sort_dir }: Selection): Recommendation[] {
  if (!sort) return all;
  const rank = (it: Recommendation): number => (sort === 'priority' ? priorityRank[it.priority] : it[sort]);
  const direction = sort_dir === 'asc' ? 1 : -1;
  return all.toSorted((a, b) => direction * (rank(a) - rank(b)));
}
