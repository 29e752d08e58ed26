import type { Kit } from '@proxbalance/service-kit';
import type { FastifyInstance } from 'fastify';

/** Gives every answer its request id; measures and logs the requests. A stream is no request that takes long. */
export function observeRequests(server: FastifyInstance, { metrics, log }: Kit): void {
  const labels = ['method', 'route', 'status'];
  const seconds = metrics.histogram('proxbalance_http_request_seconds', 'Requests served', labels);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onResponse', async ({ id, method, url, routeOptions }, { statusCode, elapsedTime, raw }) => {
    const isStream = String(raw.getHeader('content-type')).startsWith('text/event-stream');
    const route = routeOptions.url ?? 'unknown';
    if (!isStream) seconds.observe({ method, route, status: String(statusCode) }, elapsedTime / 1000);
    // A query may hold what was meant for a body.
    const path = url.split('?')[0];
    log.debug({ request_id: id, method, path, status: statusCode, ms: Math.round(elapsedTime) }, 'request');
  });
}
