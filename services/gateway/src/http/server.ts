import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import { type Role, routes } from '@proxbalance/contracts';
import type { Kit } from '@proxbalance/service-kit';
import Fastify, { type FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { failureHandler, sendFailure } from './failure.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, as far as is known. */
    actor: string;
  }
  interface FastifyContextConfig {
    role?: Role | null;
  }
}

const bodyLimitBytes = 512 * 1024;
const requestIdShape = /^[\w.:-]{1,100}$/;

/** The HTTP server without routes and without a port: what every request meets first. */
export async function createServer(kit: Kit): Promise<FastifyInstance> {
  const server = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdShape.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error, request, reply) => void failureHandler(kit.log)(error, request, reply as never),
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setErrorHandler(failureHandler(kit.log));
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = methodsOf(path);
    if (allowed.length === 0) return sendFailure(reply, 'not-found', `nothing at ${path}`);
    reply.header('allow', allowed.join(', '));
    return sendFailure(reply, 'method-not-allowed', `${path} does not take ${request.method}, only ${allowed.join(', ')}`);
  });
  server.decorateRequest('actor', 'anonymous');
  acceptJson(server);
  await server.register(helmet);
  observeRequests(server, kit);
  return server;
}

/** A missing or empty body is an empty object; anything that is not JSON is refused by its type. */
function acceptJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : JSON.parse(String(text)));
    } catch (error) {
      done(Object.assign(new Error(`the body is not JSON: ${(error as Error).message}`), { statusCode: 400 }));
    }
  });
  server.addHook('preValidation', async (request) => {
    if (request.body === undefined || request.body === null) request.body = {};
  });
}

function observeRequests(server: FastifyInstance, { metrics, log }: Kit): void {
  const seconds = metrics.histogram('proxbalance_http_request_seconds', 'Requests served', ['method', 'route', 'status']);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    log.debug({ request_id: request.id, method: request.method, url: request.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });
}

/** Methods that declared routes take at a path. */
function methodsOf(path: string): string[] {
  const segments = path.split('/');
  const matches = routes.filter((contract) => {
    const parts = contract.path.split('/');
    return parts.length === segments.length && parts.every((part, index) => part.startsWith(':') || part === segments[index]);
  });
  return [...new Set(matches.map((contract) => contract.method))];
}
