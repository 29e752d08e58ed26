import Fastify from 'fastify';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { Scope } from './scope.ts';

/**
 * `/livez`, `/readyz` (503 until everything is open, and while a dependency is missing) and `/metrics` of a process.
 * Returns its port.
 */
export async function openOpsServer(
  scope: Scope,
  parts: { host: string; port: number; health: Health; metrics: Metrics; isOpen: () => boolean },
): Promise<number> {
  const server = scope.use(Fastify({ logger: false, forceCloseConnections: true }), (it) => it.close());
  server.get('/livez', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const { ready, dependencies } = await parts.health.read();
    const isReady = ready && parts.isOpen();
    return reply.code(isReady ? 200 : 503).send({ ready: isReady, dependencies });
  });
  server.get('/metrics', async (_request, reply) => {
    const { body, contentType } = await parts.metrics.render();
    return reply.type(contentType).send(body);
  });
  await server.listen({ host: parts.host, port: parts.port });
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : parts.port;
}
