import {
  Generate,
  type Generation,
  GetRecommendations,
  PostNodeScores,
  PostRecommendations,
  ScoreNodes,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { selectRecommendations } from '../read-models/select-recommendations.ts';

export function recommendationRoutes(server: FastifyInstance, { kit, recommendations }: Deps): void {
  endpoint(server, PostRecommendations, async ({ body }) => {
    const generation = answerOf(await kit.bus.ask(Generate, body));
    recommendations.put(generation);
    return success(generation);
  });
  preparedEndpoint(server, GetRecommendations, ({ query }) => {
    const name = JSON.stringify(Object.entries(query).sort());
    return recommendations.prepared(name, (generation: Generation) =>
      success(selectRecommendations(generation, query)),
    );
  });
  endpoint(server, PostNodeScores, async ({ body }) =>
    success({ scores: answerOf(await kit.bus.ask(ScoreNodes, body)) }),
  );
}
