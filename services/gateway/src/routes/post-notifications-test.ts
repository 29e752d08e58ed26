import { PostNotificationsTest, TestNotification } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

export const postNotificationsTest = (server: FastifyInstance, { kit }: Deps) =>
  endpoint(server, PostNotificationsTest, async ({ body }) => {
    const { provider, status } = answerOf(await kit.bus.ask(TestNotification, body));
    return success({ message: `${provider} took the message (HTTP ${status})`, provider });
  });
