import type { IncomingMessage } from 'node:http';
import { type Match, matchRoute } from './router.ts';

/** `extjs` is always 200 and says how it went in the body. */
export type Format = 'json' | 'extjs';

/** What a request line asks for. */
export interface Target {
  method: string;
  url: URL;
  /** Below the format; the whole path when it is not one of the API. */
  path: string;
  /** Null: not a path of the API, and `problem` says why. */
  format: Format | null;
  problem: string;
  match: Match | undefined;
}

export function readTarget(request: IncomingMessage): Target {
  const method = request.method ?? 'GET';
  const asked = request.url ?? '/';
  const url = URL.canParse(asked, 'https://node') ? new URL(asked, 'https://node') : new URL('https://node/');
  const [, format, path = ''] = /^\/api2\/+(json|extjs)(\/.*)?$/.exec(url.pathname) ?? [];
  if (format === 'json' || format === 'extjs') {
    return { method, url, path, format, problem: '', match: matchRoute(method, path.split('/').slice(1).map(decode)) };
  }
  const problem = url.pathname.startsWith('/api2') ? 'no such uri' : `no such file '${url.pathname}'`;
  return { method, url, path: url.pathname, format: null, problem, match: undefined };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
