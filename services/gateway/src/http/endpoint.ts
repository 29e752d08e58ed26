import type { RouteContract } from '@proxbalance/contracts';
import { inSpan, withContext } from '@proxbalance/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { orEmptyBody } from './body.ts';
import { type Prepared, sendPrepared } from './prepared.ts';

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
  const { method, path } = contract;
  server.route({
    ...declared(contract),
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

/** What a read is told apart by. */
type Asked<P extends z.ZodObject, Q extends z.ZodObject> = Pick<Call<P, Q, z.ZodType>, 'params' | 'query'>;

/**
 * Adds a declared route that gives prepared answers. These are asked for all the time and cost next to nothing: no span
 * and no context is made for them.
 */
export function preparedEndpoint<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
>(
  server: FastifyInstance,
  contract: RouteContract<P, Q, B, A>,
  find: (asked: Asked<P, Q>) => Prepared | Promise<Prepared>,
): void {
  const route = declared(contract);
  server.route({
    ...route,
    config: { ...route.config, isPrepared: true },
    handler: (request, reply) => {
      const found = find({ params: request.params as z.output<P>, query: request.query as z.output<Q> });
      return found instanceof Promise
        ? found.then((prepared) => sendPrepared(request, reply, prepared))
        : sendPrepared(request, reply, found);
    },
  });
}

const declared = ({ method, path, role, params, query, body, contentType }: RouteContract) => {
  const querystring = query ?? (role === null ? undefined : noQuery);
  return {
    method,
    url: path,
    config: { role, isStream: contentType === 'text/event-stream' },
    schema: { ...(params ? { params } : {}), ...(querystring ? { querystring } : {}), ...(body ? { body } : {}) },
    ...(body ? { preValidation: orEmptyBody } : {}),
  };
};

/**
 * What an address does not take is refused, so that nobody believes that wishes were heard which belong in the body. Where
 * no identity is needed probes and browsers ask, and they add what they like.
 */
const noQuery = z.strictObject({});

const isReply = (answer: unknown, reply: FastifyReply): answer is FastifyReply => answer === reply;

function carrierOf(request: FastifyRequest): Record<string, string> {
  const { traceparent, tracestate } = request.headers;
  return {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  };
}
