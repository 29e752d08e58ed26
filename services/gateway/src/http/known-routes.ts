import type { FastifyInstance } from 'fastify';

type Known = { segments: string[]; method: string };

/** Keeps account of the routes that are added from here on; says which methods there are at an address. */
export function watchRoutes(server: FastifyInstance): (url: string) => string[] {
  const known: Known[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    for (const one of [method].flat()) known.push({ segments: url.split('/'), method: one });
  });
  return (url) => {
    const segments = (url.split('?')[0] ?? '').split('/').map(decoded);
    const methods = known.filter((route) => isAt(route.segments, segments)).map((route) => route.method);
    return [...new Set(methods)].sort();
  };
}

const isAt = (pattern: string[], segments: string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
