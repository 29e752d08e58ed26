import { MakePlan, PostPlan, planPatienceMs } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { encode } from '../http/encode.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { goneSignal } from '../http/gone-signal.ts';

export function planRoutes(server: FastifyInstance, { kit: { bus } }: Deps): void {
  endpoint(server, PostPlan, async ({ body, reply }) => {
    const contract = { ...MakePlan, timeoutMs: planPatienceMs(body.time_limit_ms) };
    const plan = answerOf(await bus.ask(contract, body, { signal: goneSignal(reply) }));
    // It was held against its contract on the way here, and may be large.
    const { body: bytes } = await encode(success(plan));
    return reply.type('application/json; charset=utf-8').send(bytes);
  });
}
