import type { FastifyInstance, preValidationHookHandler } from 'fastify';

export const bodyLimitBytes = 512 * 1024;

/** An empty body is an empty object; anything that is not JSON is refused by its type. */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : JSON.parse(String(text)));
    } catch (error) {
      done(Object.assign(new Error(`the body is not valid JSON${placeOf(error)}`), { statusCode: 400 }));
    }
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
