import { CollectNow, PostRefresh } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

export const postRefresh = (server: FastifyInstance, { kit }: Deps) =>
  endpoint(server, PostRefresh, async ({ actor }) => {
    const { job_id } = answerOf(await kit.bus.ask(CollectNow, { requested_by: actor }));
    return success({ message: 'collection queued', job_id });
  });
