import type { RouteContract } from '@proxbalance/contracts';
import { inSpan, withContext } from '@proxbalance/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** A success answer in the reference's envelope. */
export const success = <T extends object>(answer: T) => ({ success: true as const, ...answer });

/** What a handler is given: parsed, and nothing that was not declared. */
export type Call<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> = {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  /** Who asks, for records. */
  actor: string;
  request: FastifyRequest;
  reply: FastifyReply;
};

export type Handler<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> = (
  call: Call<P, Q, B>,
) => Promise<z.input<A> | FastifyReply> | z.input<A> | FastifyReply;

/**
 * Adds a declared route. Answers are checked against the contract, so nothing undeclared leaves; a handler that sends by
 * itself (prepared bodies, streams) returns the reply.
 */
export function endpoint<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  server: FastifyInstance,
  contract: RouteContract<P, Q, B, A>,
  handle: Handler<P, Q, B, A>,
): void {
  const { method, path, params, query, body } = contract;
  server.route({
    method,
    url: path,
    config: { role: contract.role },
    schema: { ...(params ? { params } : {}), ...(query ? { querystring: query } : {}), ...(body ? { body } : {}) },
    handler: (request, reply) =>
      withContext({ request_id: request.id }, () =>
        inSpan(`${method} ${path}`, carrierOf(request), async () => {
          const answer = await handle({
            params: request.params as z.output<P>,
            query: request.query as z.output<Q>,
            body: request.body as z.output<B>,
            actor: request.actor,
            request,
            reply,
          });
          return isReply(answer, reply) ? reply : reply.send(contract.reply.parse(answer));
        }),
      ),
  });
}

const isReply = (answer: unknown, reply: FastifyReply): answer is FastifyReply => answer === reply;

function carrierOf(request: FastifyRequest): Record<string, string> {
  const { traceparent, tracestate } = request.headers;
  return {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  };
}
