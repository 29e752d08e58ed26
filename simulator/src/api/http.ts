import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import type { Certificate } from '../certificates.ts';
import { type Fault, findFault, hasFault, matchesRequest, strike } from '../faults.ts';
import type { RequestLog } from '../request-log.ts';
import type { Node, World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { ApiError, notImplemented } from './errors.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';
import { readParameters } from './request-body.ts';
import type { Answer } from './route.ts';
import { type Match, matchRoute, perform } from './router.ts';

export interface ApiOptions {
  world: World;
  node: Node;
  certificate: Certificate;
  fingerprints: Record<string, string>;
  log: RequestLog;
  authDelayMs: number;
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const PREFIX = '/api2/json';
const GZIP_FROM_BYTES = 1024;

/** The HTTPS side of one node. It answers for the whole cluster, as every pveproxy does. */
export function createApiServer(options: ApiOptions): FrontDoor {
  const { certificate, node } = options;
  const server = createServer({ key: certificate.key, cert: certificate.cert, keepAliveTimeout: 5_000 });
  server.maxRequestsPerSocket = 100;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(options, request, response));
  return openFrontDoor(server, () => node.downSinceMs === null);
}

interface Asked {
  method: string;
  url: URL;
  /** Below /api2/json; null for everything else. */
  path: string | null;
  match: Match | undefined;
}

async function serve(options: ApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, node, log } = options;
  const asked = readTarget(request);
  const shown = asked.path ?? asked.url.pathname;
  response.on('close', log.begin(request.socket.localPort ?? 0, asked.method, asked.match?.route.path ?? shown));
  response.on('error', () => {});
  const isDown = () => node.downSinceMs !== null;
  const cut = strike(world, 'connection-reset', (fault) => matchesRequest(fault, asked.method, shown));
  if (isDown() || cut) return void request.socket.destroy();
  try {
    const answer = await answerTo(options, request, asked);
    // The node may have died of what was asked of it.
    if (isDown()) return void request.socket.destroy();
    sendAnswer(request, response, answer);
  } catch (error) {
    sendError(response, error);
  }
}

/** In the order of the real server: method, body, identity, path, and then what perform() does. */
async function answerTo(options: ApiOptions, request: IncomingMessage, asked: Asked): Promise<Answer> {
  const { world, node, fingerprints } = options;
  const { method, url, path, match } = asked;
  const shown = path ?? url.pathname;
  const aimedAtThis = (fault: Fault) => matchesRequest(fault, method, shown);
  const slow = findFault(world, 'api-latency', aimedAtThis);
  if (slow) await pause(slow.ms);
  checkMethod(method);
  const raw = await readParameters(request, url);
  const token = hasFault(world, 'auth-revoked')
    ? 'Authentication failed!'
    : authenticate(world, request.headers.authorization);
  if (typeof token === 'string') {
    await pause(options.authDelayMs);
    throw new ApiError(401, token, { empty: true });
  }
  const broken = strike(world, 'api-error', aimedAtThis);
  if (broken)
    throw new ApiError(broken.status, broken.message, { empty: broken.status === 401 || broken.status > 590 });
  if (!match) return notImplemented(method, shown);
  return perform(match, { world, token, answering: node, fingerprints }, raw);
}

function readTarget(request: IncomingMessage): Asked {
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const url = URL.canParse(target, 'https://node') ? new URL(target, 'https://node') : new URL('https://node/');
  const path = url.pathname.startsWith(`${PREFIX}/`) ? url.pathname.slice(PREFIX.length) : null;
  const match = path === null ? undefined : matchRoute(method, path.split('/').slice(1).map(decode));
  return { method, url, path, match };
}

function checkMethod(method: string): void {
  if (!METHODS.has(method)) throw new ApiError(501, `method '${method}' not available`);
}

function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const zip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = answer.ready?.body ?? Buffer.from(JSON.stringify({ data: answer.data ?? null, ...totalOf(answer) }));
  const zipped = zip && body.length > GZIP_FROM_BYTES;
  const sent = zipped ? (answer.ready?.zipped() ?? gzipSync(body, { level: 1 })) : body;
  setHeaders(response);
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', sent.length);
  response.writeHead(200, 'OK');
  response.end(sent);
}

/** The reason phrase is the first line of the message: old clients see nothing else. */
function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof ApiError ? error : new ApiError(500, `internal error of the simulator: ${String(error)}`);
  if (!(error instanceof ApiError))
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  if (response.destroyed) return;
  const message = known.message.endsWith('\n') ? known.message : `${known.message}\n`;
  const body = known.empty
    ? ''
    : JSON.stringify({ data: null, message, ...(known.errors ? { errors: known.errors } : {}) });
  setHeaders(response);
  response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(known.status, reasonPhrase(known.message));
  response.end(body);
}

function setHeaders(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'max-age=0');
  response.setHeader('Pragma', 'no-cache');
  response.setHeader('Server', 'pve-api-daemon/3.0');
  response.setHeader('Content-Type', 'application/json;charset=UTF-8');
  response.setHeader('Expires', new Date().toUTCString());
}

/** Only what may stand in a status line. */
function reasonPhrase(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/[^\t\x20-\x7e]/g, '?');
}

function totalOf(answer: Answer): { total?: number } {
  return answer.total ? { total: answer.total } : {};
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
