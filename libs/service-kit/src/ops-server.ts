import Fastify from 'fastify';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { Scope } from './scope.ts';

/** `/livez`, `/readyz` (503 while a dependency is missing) and `/metrics` of a process. Returns its port. */
export async function openOpsServer(
  scope: Scope,
  parts: { host: string; port: number; health: Health; metrics: Metrics },
): Promise<number> {
  const server = scope.use(Fastify({ logger: false }), (it) => it.close());
  server.get('/livez', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const state = await parts.health.read();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  server.get('/metrics', async (_request, reply) => {
    const { body, contentType } = await parts.metrics.render();
    return reply.type(contentType).send(body);
  });
  await server.listen({ host: parts.host, port: parts.port });
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : parts.port;
}
