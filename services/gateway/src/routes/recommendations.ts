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
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { sendPrepared } from '../http/prepared.ts';
import { selectRecommendations } from '../read-models/select-recommendations.ts';

export function recommendationRoutes(server: FastifyInstance, { kit, recommendations }: Deps): void {
  endpoint(server, PostRecommendations, async ({ body }) => {
    const generation = answerOf(await kit.bus.ask(Generate, body));
    recommendations.put(generation);
    return success(generation);
  });
  endpoint(server, GetRecommendations, ({ query, request, reply }) => {
    const name = JSON.stringify(Object.entries(query).sort());
    const make = (generation: Generation) => success(selectRecommendations(generation, query));
    return sendPrepared(request, reply, recommendations.prepared(name, make));
  });
  endpoint(server, PostNodeScores, async ({ body }) =>
    success({ scores: answerOf(await kit.bus.ask(ScoreNodes, body)) }),
  );
}
