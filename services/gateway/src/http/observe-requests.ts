import type { Kit } from '@proxbalance/service-kit';
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Sends its own headers. */
    isPrepared?: boolean;
    /** Goes on for hours: no request that takes long. */
    isStream?: boolean;
  }
}

/** Gives every answer its request id and the security headers; measures and logs the requests. */
export function observeRequests(server: FastifyInstance, { metrics, log }: Kit): void {
  const labels = ['method', 'route', 'status'];
  const seconds = metrics.histogram('proxbalance_http_request_seconds', 'Requests served', labels);
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (request.routeOptions.config.isPrepared !== true) reply.headers(securityHeaders);
    done();
  });
  server.addHook('onResponse', ({ id, method, url, routeOptions }, { statusCode, elapsedTime }, done) => {
    const route = routeOptions.url ?? 'unknown';
    if (routeOptions.config.isStream !== true)
      seconds.observe({ method, route, status: String(statusCode) }, elapsedTime / 1000);
    if (log.isLevelEnabled('debug')) {
      // A query may hold what was meant for a body.
      const path = url.split('?')[0];
      log.debug({ request_id: id, method, path, status: statusCode, ms: Math.round(elapsedTime) }, 'request');
    }
    done();
  });
}
