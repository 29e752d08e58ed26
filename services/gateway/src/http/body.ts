import { RefusedError } from '@proxbalance/contracts';
import type { FastifyInstance, preValidationHookHandler } from 'fastify';

/**
 * An empty body is an empty object, whatever type its sender names. Anything that is not JSON is refused by its type, where
 * a body is read at all.
 */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : JSON.parse(String(text)));
    } catch (error) {
      done(Object.assign(new Error(`the body is not valid JSON${placeOf(error)}`), { statusCode: 400 }));
    }
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers, routeOptions }, body, done) => {
    if (body.length === 0 || !routeOptions.schema?.body) return done(null, undefined);
    const type = headers['content-type']?.split(';')[0]?.slice(0, 100);
    const message = `the body must be application/json${type ? `, not ${type}` : ''}`;
    done(new RefusedError('unsupported-media-type', message));
  });
}

/** A route that wants a body takes a missing one for an empty object. */
export const orEmptyBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body === undefined) request.body = {};
  done();
};

/** The parser's own words quote the body, which may hold a secret; where it went wrong is enough. */
function placeOf(error: unknown): string {
  const place = /at position \d+/.exec((error as Error).message)?.[0];
  return place ? ` (${place})` : '';
}
