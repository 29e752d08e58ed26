import { randomUUID } from 'node:crypto';
import { RefusedError, type Role } from '@proxbalance/contracts';
import { type Kit, pause, type Scope } from '@proxbalance/service-kit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readBodies } from './body.ts';
import { failureHandler, sendFailure } from './failure.ts';
import { watchRoutes } from './known-routes.ts';
import { bodyMaxBytes, paramMaxLength } from './limits.ts';
import { observeRequests } from './observe-requests.ts';
import { answerUnreadable } from './unreadable.ts';
import { compileValidator } from './validate.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, as far as is known. */
    actor: string;
  }
  interface FastifyContextConfig {
    role?: Role | null;
  }
}

const requestIdShape = /^[\w.:-]{1,100}$/;
/** How long requests in hand may take when the gateway closes. Commands go on in their services all the same. */
const closeMaxMs = 2000;

/** The HTTP server without routes and without a port: what every request meets first. It closes with the scope. */
export function createServer(scope: Scope, kit: Kit): FastifyInstance {
  const onFailure = failureHandler(kit.log);
  const server = Fastify({
    logger: false,
    bodyLimit: bodyMaxBytes,
    requestTimeout: 60_000,
    // While closing, a request that still comes in is answered like any other, and its connection ends with it.
    return503OnClosing: false,
    // A request without `Host` is answered by us, in the form of all refusals, and not by Node.
    http: { requireHostHeader: false },
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: paramMaxLength },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdShape.test(given) ? given : randomUUID();
    },
    // Hooks don't run for an address that can't be taken apart.
    frameworkErrors: (error, request, reply) => {
      const answer = reply as unknown as FastifyReply;
      onFailure(error, request as FastifyRequest, answer.header('x-request-id', request.id));
    },
  });
  scope.use(server, closeSoon);
  server.setValidatorCompiler(compileValidator);
  server.setErrorHandler(onFailure);
  server.decorateRequest('actor', 'anonymous');
  observeRequests(server, kit);
  server.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    const isMissing = headers.host === undefined && raw.httpVersionMinor > 0;
    done(isMissing ? new RefusedError('invalid-input', 'the Host header is missing') : undefined);
  });
  readBodies(server);
  answerUnknown(server);
  // What a client expects of us beyond the protocol is not granted; the request itself is answered.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  return server;
}

function answerUnknown(server: FastifyInstance): void {
  const methodsOf = watchRoutes(server);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]?.slice(0, 200) ?? '';
    const allowed = methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method))
      return sendFailure(reply, 'not-found', `nothing at ${path}`);
    const methods = allowed.join(', ');
    reply.header('allow', methods);
    return sendFailure(reply, 'method-not-allowed', `${path} does not take ${request.method}, only ${methods}`);
  });
}

/** Requests in hand are answered, within reason. Streams end themselves when closing begins. */
async function closeSoon(server: FastifyInstance): Promise<void> {
  const patience = new AbortController();
  const closed = server.close();
  await Promise.race([closed, pause(closeMaxMs, patience.signal)]);
  patience.abort();
  server.server.closeAllConnections();
  await closed;
}
