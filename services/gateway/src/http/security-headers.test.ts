import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { securityHeaders } from './security-headers.ts';

const headersOf = async (prepare: (server: FastifyInstance) => unknown) => {
  await using stack = new AsyncDisposableStack();
  const server = Fastify();
  stack.defer(() => server.close());
  await prepare(server);
  server.get('/', (_request, reply) => reply.send());
  return (await server.inject('/')).headers;
};

test('the set is the one that helmet adds', async () => {
  const bare = await headersOf(() => undefined);
  const guarded = Object.entries(await headersOf((server) => server.register(helmet)));
  expect(securityHeaders).toEqual(Object.fromEntries(guarded.filter(([name]) => !Object.hasOwn(bare, name))));
});
