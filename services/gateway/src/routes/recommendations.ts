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
import { encode } from '../http/encode.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { selectRecommendations } from '../read-models/select-recommendations.ts';

export function recommendationRoutes(server: FastifyInstance, { kit, recommendations }: Deps): void {
  endpoint(server, PostRecommendations, async ({ body, reply }) => {
    const generation = answerOf(await kit.bus.ask(Generate, body));
    recommendations.put(generation);
    // It was held against its contract on the way here, and is large: written slice by slice, it holds nobody up.
    const { body: bytes } = await encode(success(recommendations.get()));
    return reply.type('application/json; charset=utf-8').send(bytes);
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
