import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InputError } from '../fields.ts';
import type { RequestLog } from '../request-log.ts';
import type { World } from '../world.ts';
import { NotFoundError } from './not-found.ts';
import { CONTROL_ROUTES, type ControlCall } from './routes.ts';

export interface ControlOptions {
  world: World;
  seed: number;
  log: RequestLog;
}

const BODY_BYTES_MAX = 16_777_216;

/** The control API: how a test reads the truth and makes things go wrong. Plain HTTP, loopback, JSON. */
export function createControlServer(options: ControlOptions): Server {
  return createServer((request, response) => void serve(options, request, response));
}

async function serve(options: ControlOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => {});
  try {
    const url = new URL(request.url ?? '/', 'http://control');
    const segments = url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map((part) => decodeURIComponent(part));
    const byPath = CONTROL_ROUTES.filter(({ parts }) => matches(parts, segments));
    const route = byPath.find(({ method }) => method === request.method);
    if (!route) {
      const status = byPath.length > 0 ? 405 : 404;
      const known = CONTROL_ROUTES.map(({ method, parts }) => `${method} /${parts.join('/')}`).join(', ');
      return send(response, status, { error: `${request.method} ${url.pathname} is not one of: ${known}` });
    }
    const call: ControlCall = {
      ...options,
      id: segments[1] ?? '',
      query: url.searchParams,
      body: await readBody(request),
    };
    options.world.clock.nowMs();
    send(response, 200, route.handle(call));
  } catch (error) {
    if (error instanceof NotFoundError) return send(response, 404, { error: error.message });
    if (error instanceof InputError || error instanceof URIError || error instanceof SyntaxError) {
      return send(response, 400, { error: error.message });
    }
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
    send(response, 500, { error: String(error) });
  }
}

function matches(parts: string[], segments: string[]): boolean {
  return (
    parts.length === segments.length && parts.every((part, index) => part.startsWith('{') || part === segments[index])
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new InputError('the body is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value ?? { ok: true });
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
