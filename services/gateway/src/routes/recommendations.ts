import { Generate, GetRecommendations, PostNodeScores, PostRecommendations, type Recommendation, ScoreNodes } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { valueOf } from '../http/failure.ts';

export function recommendationRoutes(server: FastifyInstance, { kit, recommendations }: Deps): void {
  endpoint(server, PostRecommendations, async ({ body }) => {
    const generation = valueOf(await kit.bus.ask(Generate, body));
    recommendations.put(generation);
    return success(generation);
  });
  endpoint(server, GetRecommendations, ({ query }) => {
    const generation = recommendations.get();
    const filtered = sorted(generation.recommendations.filter(matches(query)), query);
    const from = query.offset ?? 0;
    const page = filtered.slice(from, query.limit === undefined ? undefined : from + query.limit);
    return success({
      ...generation,
      recommendations: page,
      total_count: generation.recommendations.length,
      filtered_count: filtered.length,
      count: page.length,
    });
  });
  endpoint(server, PostNodeScores, async ({ body }) => success({ scores: valueOf(await kit.bus.ask(ScoreNodes, body)) }));
}

type Query = z.output<NonNullable<typeof GetRecommendations.query>>;

const matches = (query: Query) => (it: Recommendation): boolean =>
  it.confidence_score >= (query.min_confidence ?? 0) &&
  (query.target_node === undefined || it.target_node === query.target_node) &&
  (query.source_node === undefined || it.source_node === query.source_node);

const priorityRank = { critical: 4, high: 3, medium: 2, low: 1 };

/** Without `sort` the order is the engine's. Equal values keep it. */
function sorted(all: Recommendation[], { sort, sort_dir }: Query): Recommendation[] {
  if (!sort) return all;
  const rank = (it: Recommendation): number => (sort === 'priority' ? priorityRank[it.priority] : it[sort]);
  const direction = sort_dir === 'asc' ? 1 : -1;
  return all.toSorted((a, b) => direction * (rank(a) - rank(b)));
}
